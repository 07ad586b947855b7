#include "store/triggers.hpp"

#include "store/attributes.hpp"

namespace syncwell::store {

Key trigger_key(const std::string& config_id) { return {"config#" + config_id, "trigger"}; }

Trigger trigger_from(const std::string& config_id, const Item* item) {
  Trigger trigger;
  trigger.config_id = config_id;
  if (item == nullptr) return trigger;
  trigger.job_id = text_attribute(item->attributes, "job");
  trigger.priority = text_attribute(item->attributes, "priority");
  trigger.sent_at = instant_attribute(item->attributes, "sent_at");
  trigger.webhook_at = instant_attribute(item->attributes, "webhook_at");
  trigger.version = item->version;
  return trigger;
}

Write trigger_write(const Trigger& trigger) {
  Item item{trigger_key(trigger.config_id)};
  item.attributes = {{"job", trigger.job_id}, {"priority", trigger.priority}};
  set_instant(item.attributes, "sent_at", trigger.sent_at);
  set_instant(item.attributes, "webhook_at", trigger.webhook_at);
  return {Write::Kind::put, std::move(item),
          trigger.version == 0 ? Condition::absent() : Condition::version_is(trigger.version)};
}

}  // namespace syncwell::store
