// Matches method and path to a handler. Patterns have literal segments and {named} ones; a path that matches with
// another method is 405 with Allow, none is 404.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/trace.hpp"
#include "net/http.hpp"
#include "store/staff.hpp"

namespace syncwell::api {

// A request whose caller is known. `user` is the keyed digest of the user id; empty where one of the staff calls.
struct Call {
  const net::Request& request;
  net::Target target;
  std::map<std::string, std::string, std::less<>> path;  // the named segments
  std::string user{};
  store::StaffMember staff{};  // who calls a route of the staff
  TraceContext trace{};        // of this request, where the caller or we trace
  [[nodiscard]] const std::string& segment(std::string_view name) const { return path.find(name)->second; }
};

using RouteHandler = std::function<Async<net::Response>(Call)>;

class Router {
 public:
  // viewer, support, admin: the least role of the staff (store/staff.hpp).
  enum class Access { open, user, viewer, support, admin };
  void add(std::string method, std::string pattern, Access access, RouteHandler handler);

  struct Match {
    const RouteHandler* handler = nullptr;  // null: see `allowed`
    Access access = Access::user;
    std::map<std::string, std::string, std::less<>> path;
    std::string_view pattern{};  // that of the route; empty: none
    std::string allowed;         // methods that this path knows; empty: unknown path
  };
  [[nodiscard]] Match match(std::string_view method, std::string_view path) const;
  // "GET /v1/connections/{id}" …, in the order in which they were added.
  [[nodiscard]] std::vector<std::string> routes() const;

 private:
  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;
    Access access;
    RouteHandler handler;
  };
  std::vector<Route> routes_;
};

}  // namespace syncwell::api
