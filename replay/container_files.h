// `--per-container DIR`: each container's events into a file of its own, NAME-SHORTID.json (JSON)
// or .txt, the host's into host.json. Losses are nobody's: each file has them, at their places.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "format/base/result.h"
#include "format/file/recording_reader.h"
#include "format/print/printer.h"

namespace ctrace {

class ContainerFiles {
 public:
  // Makes `folder` when it is not there. Files of the same names in it are replaced, when there is
  // something to write; what is no file, and a symbolic link, is an error.
  static Result<std::unique_ptr<ContainerFiles>> make(std::string folder,
                                                      const PrintOptions& options);

  // The events that follow are of this recording, which must outlive them. Containers are called as
  // they are called at its end.
  void next_recording(RecordingReader& reader);
  void event(const Event& event);
  // Writes what is held.
  void finish();
  // The first file that could not be written; what comes afterwards is dropped.
  const std::optional<Error>& trouble() const { return trouble_; }

  // The name of a container's file without its ending: letters, digits and ._- of its name and
  // short id; all else, and what would hide the file, is a '_'.
  static std::string file_name(const Container& container);

 private:
  struct File {
    std::string text;
    size_t losses = 0;  // how many of losses_ it has
    bool begun = false;
  };
  ContainerFiles(std::string folder, const PrintOptions& options);
  std::string claim_name(const Container& container);
  File& file_of(const Container* container);
  void write(const std::string& name, File& file);
  void write_all();

  const std::string folder_;
  const PrintOptions options_;
  OutputBuffer line_{-1};
  std::unique_ptr<Printer> printer_;
  std::string heading_;
  std::map<uint32_t, std::string> names_;     // by index (0: the host), of this recording
  std::map<std::string, std::string> taken_;  // by name: the container's id
  std::map<std::string, File> files_;
  std::vector<std::string> losses_;  // lines
  size_t held_bytes_ = 0;
  std::optional<Error> trouble_;
};

}  // namespace ctrace
