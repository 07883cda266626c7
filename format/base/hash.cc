#include "format/base/hash.h"

#include <openssl/evp.h>

#include <cassert>

namespace ctrace {

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  assert(context_);
  reset();
}

Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

// Failure is possible only where a provider forbids SHA-256 or memory is out: nothing to go on
// with.
void Sha256::reset() {
  const int ok = EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr);
  assert(ok);
  static_cast<void>(ok);
}

void Sha256::update(std::span<const uint8_t> bytes) {
  EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size());
}

Digest Sha256::finish() {
  Digest digest;
  EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), nullptr);
  return digest;
}

}  // namespace ctrace
