// Result<T>: a value or an Error, spelled like std::expected (which g++ 12 does not have in C++20).
//
// The library returns; only main() speaks and exits. An Error's message is one lower-case line
// without program name and without a final newline: "cannot open 'a.ctr': Permission denied".
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace ctrace {

struct Error {
  // What kind of trouble it is, for those callers that choose an exit code by it.
  enum class Kind { kSystem, kUsage, kNotARecording, kNewerVersion, kDamage };

  Error(Kind k, std::string text) : kind(k), message(std::move(text)) {}
  explicit Error(std::string text) : message(std::move(text)) {}

  Kind kind = Kind::kSystem;
  std::string message;
};

// An Error on its way into a Result<T>: `return unexpected("cannot open ...");`.
struct unexpected {
  explicit unexpected(Error e) : error(std::move(e)) {}
  explicit unexpected(std::string text) : error(std::move(text)) {}
  unexpected(Error::Kind kind, std::string text) : error(kind, std::move(text)) {}
  Error error;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}                 // NOLINT(runtime/explicit)
  Result(unexpected error) : state_(std::move(error.error)) {}  // NOLINT(runtime/explicit)

  bool has_value() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!has_value());
    return std::get<Error>(state_);
  }

 private:
  T& checked() {
    assert(has_value());
    return std::get<T>(state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() : state_(std::monostate()) {}
  Result(unexpected error) : state_(std::move(error.error)) {}  // NOLINT(runtime/explicit)

  bool has_value() const { return std::holds_alternative<std::monostate>(state_); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const { return std::get<Error>(state_); }

 private:
  std::variant<std::monostate, Error> state_;
};

// "cannot open 'FILE': Permission denied" for the errno value `number`.
std::string system_message(const std::string& what, int number);

}  // namespace ctrace
