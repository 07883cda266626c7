#include "record/followed_container.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ctrace {
namespace {

using Words = std::vector<std::string>;

TEST(FollowedContainer, IsMadeByDockersRunAlone) {
  for (const Words& words : {Words{"docker", "run", "i"},
                             {"/usr/bin/docker", "-H", "run", "run", "i"},
                             {"docker", "--debug", "container", "run", "i"}})
    EXPECT_TRUE(FollowedContainer::is_made_by(words)) << words.size();
  for (const Words& words : {Words{"docker", "exec", "c", "run"},
                             {"docker"},
                             {"podman", "run", "i"},
                             {"sh", "docker", "run"},
                             {}})
    EXPECT_FALSE(FollowedContainer::is_made_by(words)) << words.size();
}

TEST(FollowedContainer, TheClientIsToldWhereToWriteTheId) {
  Words words = {"docker", "--debug", "run", "-d", "i"};
  auto followed = FollowedContainer::make(words);
  ASSERT_TRUE(followed.has_value());
  ASSERT_EQ(words.size(), 7u);
  EXPECT_EQ(words[3], "--cidfile");
  EXPECT_EQ(words[5], "-d");
  EXPECT_FALSE(std::filesystem::exists(words[4]));  // the client insists
  EXPECT_EQ(followed->id(), "");
  std::ofstream(words[4]) << "0123abcd";
  EXPECT_EQ(followed->id(), "0123abcd");
  std::filesystem::remove_all(std::filesystem::path(words[4]).parent_path());
}

TEST(FollowedContainer, AFileOfTheUsersIsTaken) {
  Words words = {"docker", "run", "--cidfile=/tmp/mine", "i"};
  const Words before = words;
  EXPECT_TRUE(FollowedContainer::make(words).has_value());
  EXPECT_EQ(words, before);
}

}  // namespace
}  // namespace ctrace
