#pragma once

#include <stdexcept>

namespace upstash::local {

// The request as a whole makes no sense; what() is the text of the 400 it is answered with.
class BadRequest : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace upstash::local
