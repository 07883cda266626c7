#include "analyze/subcommand.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <sstream>

#include "format/print/escape.h"

namespace ctrace {
namespace {

namespace po = boost::program_options;

// Abbreviated options would make every later option a possible break of somebody's script.
constexpr int kStyle =
    po::command_line_style::default_style & ~po::command_line_style::allow_guessing;

void print_help(const Subcommand& self, const po::options_description& options) {
  std::ostringstream text;
  text << "Usage: " << kProgram << ' ' << self.name << " [OPTION]... " << self.usage << '\n'
       << self.meaning << "\n\nOptions:\n"
       << options;
  std::fputs(text.str().c_str(), stdout);
}

Result<void> take_files(const Subcommand& self, CommandLine& line, size_t max_files) {
  if (line.options.count("file") != 0) line.files = line.options["file"].as<Words>();
  const std::string name(self.name);
  if (line.files.empty()) {
    return unexpected(Error::Kind::kUsage,
                      name + " needs a recording: " + name + ' ' + std::string(self.usage));
  }
  if (line.files.size() > max_files) {
    return unexpected(Error::Kind::kUsage,
                      name + " takes one recording, '" + line.files[max_files] + "' is too many");
  }
  return {};
}

Result<void> parse(const Subcommand& self, const po::options_description& all, const Words& words,
                   CommandLine& line) {
  po::positional_options_description positional;
  positional.add("file", -1);
  // Boost reports by exceptions; they end here.
  try {
    po::store(
        po::command_line_parser(words).options(all).positional(positional).style(kStyle).run(),
        line.options);
    po::notify(line.options);
  } catch (const po::error& error) {
    return unexpected(Error::Kind::kUsage, std::string(self.name) + ": " + error.what());
  }
  return {};
}

}  // namespace

void tell(std::string_view message) {
  std::fprintf(stderr, "%s: %.*s\n", kProgram.data(), static_cast<int>(message.size()),
               message.data());
}

int fail(const Error& error) {
  tell(error.message);
  return kExitTrouble;
}

CommandLine parse_command_line(const Subcommand& self, po::options_description options,
                               const Words& words, size_t max_files) {
  options.add_options()("help,h", "show this and exit")("version", "show the version and exit");
  po::options_description all;
  all.add(options);
  all.add_options()("file", po::value<Words>());

  CommandLine line;
  if (auto parsed = parse(self, all, words, line); !parsed) {
    line.exit_code = fail(parsed.error());
  } else if (line.options.count("help") != 0) {
    print_help(self, options);
    line.exit_code = kExitYes;
  } else if (line.options.count("version") != 0) {
    std::printf("%s %s\n", kProgram.data(), CTRACE_VERSION);
    line.exit_code = kExitYes;
  } else if (auto files = take_files(self, line, max_files); !files) {
    line.exit_code = fail(files.error());
  }
  return line;
}

std::string escaped(std::string_view bytes) {
  OutputBuffer out(-1);
  append_escaped(bytes, out);
  return std::string(out.text());
}

int tell_state(const std::string& file, RecordingReader& reader) {
  if (const RecordingState state = reader.state(); state != RecordingState::kComplete) {
    tell("'" + file + "' is " +
         (state == RecordingState::kCutShort ? "cut short: this is what was written before the cut"
                                             : "being written: this is what there is so far"));
  }
  for (const Damage& damage : reader.damage()) {
    tell("'" + file + "' is damaged at byte " + std::to_string(damage.offset) + ": " +
         escaped(damage.what));
  }
  return reader.damage().empty() ? kExitYes : kExitTrouble;
}

int finish_output(OutputBuffer& out, int exit_code) {
  // So that a reader who has seen enough (head) ends the program by EPIPE, not by a signal.
  std::signal(SIGPIPE, SIG_IGN);
  errno = 0;
  if (auto written = out.flush(); !written) {
    out.clear();
    return errno == EPIPE ? kExitTrouble : fail(written.error());
  }
  return exit_code;
}

}  // namespace ctrace
