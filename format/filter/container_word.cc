#include "format/filter/container_word.h"

#include "format/filter/glob.h"

namespace ctrace {
namespace {

bool fits(std::string_view word, std::string_view text) {
  return !text.empty() && (word == text || (is_glob(word) && glob_matches(word, text)));
}

// The name without @digest and without :tag; a colon before a slash is a registry's port.
std::string_view without_tag(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const size_t colon = image.rfind(':');
  const bool is_port = colon != image.npos && image.find('/', colon) != image.npos;
  return is_port ? image : image.substr(0, colon);
}

std::string_view last_part(std::string_view image) {
  const size_t slash = without_tag(image).rfind('/');
  return slash == image.npos ? image : image.substr(slash + 1);
}

bool fits_image(std::string_view word, std::string_view image) {
  const std::string_view last = last_part(image);
  return fits(word, image) || fits(word, without_tag(image)) || fits(word, last) ||
         fits(word, without_tag(last));
}

bool fits_label(std::string_view wanted, const Container& container) {
  const size_t equals = wanted.find('=');
  for (const auto& [key, value] : container.attributes) {
    if (key != wanted.substr(0, equals)) continue;
    if (equals == wanted.npos) return true;
    const std::string_view pattern = wanted.substr(equals + 1);
    if (pattern == value || (is_glob(pattern) && glob_matches(pattern, value))) return true;
  }
  return false;
}

// "NAMESPACE/NAME", or a name in any namespace, or the pod's uid.
bool fits_pod(std::string_view wanted, const Container& container) {
  const std::string_view name = container.fact("pod.name");
  const size_t slash = wanted.find('/');
  if (slash == wanted.npos) return fits(wanted, name) || fits(wanted, container.fact("pod.uid"));
  return fits(wanted.substr(0, slash), container.fact("pod.namespace")) &&
         fits(wanted.substr(slash + 1), name);
}

// "sha256:3f2a..." or its beginning, of the image's id or digest.
bool fits_digest(std::string_view word, const Container& container) {
  if (!word.starts_with("sha256:")) return false;
  const std::string_view digest = container.fact("image.digest");
  return container.fact("image.id").starts_with(word) ||
         (digest.find('@') != digest.npos && digest.substr(digest.find('@') + 1).starts_with(word));
}

}  // namespace

bool names_container(std::string_view word, const Container& container) {
  constexpr std::string_view kLabel = "label:", kPod = "pod:";
  if (word.empty()) return false;
  if (word.starts_with(kLabel)) return fits_label(word.substr(kLabel.size()), container);
  if (word.starts_with(kPod)) return fits_pod(word.substr(kPod.size()), container);
  return container.id.starts_with(word) || fits(word, container.name) ||
         fits_image(word, container.image) || fits_digest(word, container);
}

}  // namespace ctrace
