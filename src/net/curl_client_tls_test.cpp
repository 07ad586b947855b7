// The client against a TLS server with a certificate made here: what is trusted, and what is not.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "net/curl_client.hpp"
#include "net/loopback_test_world.hpp"

namespace syncwell::net {
namespace {

using namespace std::chrono_literals;
namespace ssl = boost::asio::ssl;

struct SelfSigned {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

SelfSigned make_self_signed(const char* subject_alternative_name, long valid_s) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_s);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, subject_alternative_name);
  X509_add_ext(certificate.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate.get(), key.get(), EVP_sha256());

  const std::unique_ptr<BIO, decltype(&BIO_free)> certificate_text(BIO_new(BIO_s_mem()), &BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> key_text(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(certificate_text.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(certificate_text.get()), text_of(key_text.get())};
}

// Accepts one connection and answers one request, as far as the client lets it.
Async<bool> answer_over_tls(boost::asio::ip::tcp::acceptor& acceptor, ssl::context& context) {
  auto [error, socket] = co_await acceptor.async_accept(test_awaiting);
  if (error) co_return false;
  ssl::stream<boost::asio::ip::tcp::socket> stream(std::move(socket), context);
  const auto [handshake_error] = co_await stream.async_handshake(ssl::stream_base::server, test_awaiting);
  if (handshake_error) co_return false;
  std::string received;
  const auto [read_error, bytes] =
      co_await boost::asio::async_read_until(stream, boost::asio::dynamic_buffer(received), "\r\n\r\n", test_awaiting);
  if (read_error) co_return false;
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecure";
  co_await boost::asio::async_write(stream, boost::asio::buffer(answer), test_awaiting);
  co_return true;
}

class CurlClientTls : public testing::Test {
 protected:
  ~CurlClientTls() override { std::filesystem::remove(authorities_); }

  Result<Response> send(const SelfSigned& served, std::string_view host, bool trusted, bool expect_answered) {
    ssl::context context(ssl::context::tls_server);
    context.use_certificate_chain(boost::asio::buffer(served.certificate));
    context.use_private_key(boost::asio::buffer(served.key), ssl::context::pem);
    CurlClientSettings settings{.allow_private_addresses = true};
    if (trusted) {
      std::ofstream(authorities_) << served.certificate;
      settings.certificate_authorities_file = authorities_;
    }
    auto client = std::make_unique<CurlClient>(world.runtime, std::move(settings));
    const auto answered = world.start(answer_over_tls(acceptor, context));
    const Request request{.url = fmt::format("https://{}:{}/", host, acceptor.local_endpoint().port())};
    auto outcome = world.run(client->send(request, Deadline::after(world.runtime, 20s)));
    client.reset();
    world.run_until([&] { return answered->value.has_value(); });
    EXPECT_EQ(*answered->value, expect_answered);
    return outcome;
  }

  LoopbackWorld world;
  boost::asio::ip::tcp::acceptor acceptor{world.context, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  const std::string authorities_ =
      (std::filesystem::temp_directory_path() / fmt::format("syncwell_net_test_{}.pem", ::getpid())).string();
};

TEST_F(CurlClientTls, TalksToAServerThatItTrusts) {
  const auto answer = send(make_self_signed("IP:127.0.0.1", 3600), "127.0.0.1", true, true);
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->body, "secure");
}

TEST_F(CurlClientTls, SendsNothingToAServerThatItDoesNotTrust) {
  struct Case {
    const char* name;
    long valid_s;
    bool trusted;
  };
  for (const Case& one : {Case{"IP:127.0.0.1", 3600, false},               // an unknown authority
                          Case{"IP:127.0.0.2,DNS:localhost", 3600, true},  // another host's certificate
                          Case{"IP:127.0.0.1", -3600, true}}) {            // expired
    const auto outcome = send(make_self_signed(one.name, one.valid_s), "127.0.0.1", one.trusted, false);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::connection_failed);
    EXPECT_THAT(outcome.error().message, testing::HasSubstr("certificate is not trusted"));
  }
}

}  // namespace
}  // namespace syncwell::net
