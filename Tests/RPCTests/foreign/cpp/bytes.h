// Raw bytes as messages, for the stock client and server of gRPC C++.
#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <string>

inline grpc::ByteBuffer buffer(const std::string& text) {
  grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

inline std::string text(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string found;
  if (!buffer.Dump(&slices).ok()) return found;
  for (const auto& slice : slices) found.append(slice.begin(), slice.end());
  return found;
}

inline std::string hexadecimal(const std::string& bytes) {
  static const char digits[] = "0123456789abcdef";
  std::string found;
  for (unsigned char byte : bytes) {
    found += digits[byte >> 4];
    found += digits[byte & 15];
  }
  return found;
}

inline const char* const service = "/test.v1.Test/";
