// The kernel's types cut down to those that the kernel side names. libbpf looks each of these up by
// going through all types that it is given, which took a sixth of the time of a start.
#pragma once

#include "record/kernel_probe.h"

namespace ctrace {

// Owns a file in memory; what it holds is gone with it.
class RelocationTypes {
 public:
  // `own`: the types of the object that is to be loaded. A type keeps the number that it has in the
  // kernel, since programs name types to the verifier by number.
  RelocationTypes(const KernelTypes& kernel, const btf* own);
  ~RelocationTypes();
  RelocationTypes(const RelocationTypes&) = delete;
  RelocationTypes& operator=(const RelocationTypes&) = delete;

  // For bpf_object_open_opts.btf_custom_path; null when there is none, and libbpf is to look
  // itself.
  const char* path() const { return path_.empty() ? nullptr : path_.c_str(); }

 private:
  int fd_ = -1;
  std::string path_;
};

}  // namespace ctrace
