#include "providers/track/open_file.hpp"

#include <optional>
#include <string>
#include <utility>

#include "providers/track/identity.hpp"

namespace syncwell::providers::track {

OpenFile::OpenFile(FileBytes bytes, std::unique_ptr<Decoder> decoder)
    : bytes_(std::move(bytes)), decoder_(std::move(decoder)) {}

Result<OpenFile> OpenFile::open(const Format& format, const std::filesystem::path& file) {
  auto bytes = FileBytes::open(file);
  if (!bytes) return fail(bytes.error());
  return OpenFile(std::move(*bytes), format.make_decoder(own_id_of_file(file)));
}

Result<bool> OpenFile::step(Batch& batch) {
  const auto piece = bytes_.next();
  std::optional<std::string> damage;
  if (!piece) damage = piece.error().message;
  if (piece && !piece->empty() && decoder_->feed(*piece, batch)) return false;
  if (const auto finished = decoder_->finish(batch, damage); !finished) return fail(finished.error());
  return true;
}

}  // namespace syncwell::providers::track
