// A sandbox and a server as processes of their own, with the folders that one run uses. The sandbox lives as long as
// the object; the server is started, killed and started again on the same port and data folder.
// What names the server's process: one thread at a time. The rest does not change.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "logged_process.hpp"

namespace syncwell::crash {

class World {
 public:
  // `folder` is made. Starts the sandbox.
  [[nodiscard]] static Result<World> create(std::string program, std::filesystem::path folder);

  [[nodiscard]] Result<void> start_server();
  void crash_server();     // SIGKILL
  void stop_server();      // SIGSTOP
  void continue_server();  // SIGCONT
  [[nodiscard]] pid_t server_process() const { return server_->id(); }

  // The server's calls to the providers go there instead of straight to the sandbox; consent pages do not.
  void send_calls_to(std::string address) { provider_address_ = std::move(address); }

  [[nodiscard]] const std::string& program() const { return program_; }
  [[nodiscard]] const std::string& sandbox() const { return sandbox_address_; }
  [[nodiscard]] std::uint16_t sandbox_port() const;
  [[nodiscard]] std::string server() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::filesystem::path sources() const { return folder_ / "sources"; }
  [[nodiscard]] std::filesystem::path records() const { return folder_ / "records"; }
  [[nodiscard]] std::filesystem::path data_folder() const { return folder_ / "server"; }
  [[nodiscard]] std::filesystem::path log() const { return folder_ / "server.log"; }
  [[nodiscard]] std::vector<std::string> environment() const;

  static constexpr Duration lease_time = std::chrono::seconds{1};
  static constexpr const char* admin_token = "0123456789abcdef0123456789abcdef";
  static constexpr const char* vault_key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

 private:
  World(std::string program, std::filesystem::path folder, LoggedProcess sandbox, std::string sandbox_address, int port)
      : program_(std::move(program)),
        folder_(std::move(folder)),
        sandbox_(std::move(sandbox)),
        sandbox_address_(std::move(sandbox_address)),
        port_(port) {}

  std::string program_;
  std::filesystem::path folder_;
  LoggedProcess sandbox_;
  std::string sandbox_address_;
  std::string provider_address_;  // empty: the sandbox's
  int port_;
  std::optional<LoggedProcess> server_;
};

}  // namespace syncwell::crash
