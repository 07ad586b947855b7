#include "engine/job_runner.hpp"

namespace syncwell::engine {
namespace {

std::string types_of(const providers::Capabilities& capabilities, bool providers::TypeCapability::* can) {
  std::string list;
  for (const auto& capability : capabilities.types) {
    if (capability.*can) list += (list.empty() ? "" : ", ") + std::string(model::name_of(capability.type));
  }
  return list.empty() ? "nothing" : list;
}

}  // namespace

Result<void> check_direction(const providers::Capabilities& source, const providers::Capabilities& destination,
                             model::DataType type, bool reading_opt_in) {
  const std::string name(model::name_of(type));
  const auto* from = source.find(type);
  if (from == nullptr || !from->can_read) {
    return fail(ErrorCode::unsupported, source.display_name + " gives no " + name + " to read; it gives: " +
                                            types_of(source, &providers::TypeCapability::can_read));
  }
  if (source.reading_is_opt_in && !reading_opt_in) {
    return fail(ErrorCode::unsupported,
                "reading from " + source.display_name + " needs your explicit consent: " + source.terms);
  }
  const auto* to = destination.find(type);
  if (to == nullptr || !to->can_write) {
    return fail(ErrorCode::unsupported, destination.display_name + " takes no " + name + "; it takes: " +
                                            types_of(destination, &providers::TypeCapability::can_write));
  }
  return {};
}

}  // namespace syncwell::engine
