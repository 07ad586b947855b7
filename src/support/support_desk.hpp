// The desk and all it is made of, in the order of dependence. One for each process.
#pragma once

#include "support/desk.hpp"

namespace syncwell::support {

struct SupportDeskServices {  // references outlive the desk
  store::Table& table;
  queue::Queue& hot;
  queue::Queue& notices;
  bus::EventBus& bus;
  vault::Vault& vault;
  Runtime& runtime;
};

struct SupportDesk {
  explicit SupportDesk(const SupportDeskServices& services, DeskSettings settings = {}, PeopleSettings for_people = {},
                       DeskProbes probes = {}, Triage rules = Triage::built_in(),
                       Templates texts = Templates::built_in())
      : triage(std::move(rules)),
        templates(std::move(texts)),
        book(services.table, services.hot, triage, services.runtime, settings.contact),
        people(services.table, services.notices, services.vault, templates, services.runtime, std::move(for_people)),
        desk({services.table, services.hot, services.notices, services.bus, book, people, triage, services.runtime},
             std::move(probes), std::move(settings)) {}
  SupportDesk(const SupportDesk&) = delete;
  SupportDesk& operator=(const SupportDesk&) = delete;

  Triage triage;
  Templates templates;
  CaseBook book;
  People people;
  Desk desk;
};

}  // namespace syncwell::support
