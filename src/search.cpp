#include <array>
#include <cstddef>

#include <upstash/error.hpp>
#include <upstash/search.hpp>
#include <upstash/value.hpp>

namespace upstash {

namespace {

using namespace std::string_view_literals;

constexpr std::array<std::string_view, 10> modifiers{
    "NONE", "LOG", "LOG1P", "LOG2P", "LN", "LN1P", "LN2P", "SQUARE", "SQRT", "RECIPROCAL"};
constexpr std::array<std::string_view, 3> score_modes{"SUM", "MULTIPLY", "REPLACE"};
constexpr std::array<std::string_view, 2> combine_modes{"SUM", "MULTIPLY"};

void require_fields(bool any, const detail::ArgumentWriter& writer, std::string_view what) {
  if (any) return;
  throw UsageError(std::string(writer.command()).append(" needs at least one field ").append(what));
}

template <class Enum, std::size_t size>
void write_word(
    detail::ArgumentWriter& writer,
    std::string_view token,
    const OptionalArgument<Enum>& choice,
    const std::array<std::string_view, size>& words) {
  if (!choice) return;
  writer.add(token);
  writer.add(words.at(static_cast<std::size_t>(*choice)));
}

void write_number(
    detail::ArgumentWriter& writer, std::string_view token, const OptionalArgument<double>& number) {
  if (!number) return;
  writer.add(token);
  writer.add(Value(*number));
}

}  // namespace

SearchSchema& SearchSchema::text(std::string_view field, const SearchTextOptions& options) {
  add(field, "TEXT");
  if (options.nostem) words_.emplace_back("NOSTEM");
  if (options.notokenize) words_.emplace_back("NOTOKENIZE");
  return add_source(options.from);
}

SearchSchema& SearchSchema::u64(std::string_view field, const SearchFastOptions& options) {
  return add(field, "U64", options);
}

SearchSchema& SearchSchema::i64(std::string_view field, const SearchFastOptions& options) {
  return add(field, "I64", options);
}

SearchSchema& SearchSchema::f64(std::string_view field, const SearchFastOptions& options) {
  return add(field, "F64", options);
}

SearchSchema& SearchSchema::boolean(std::string_view field, const SearchFastOptions& options) {
  return add(field, "BOOL", options);
}

SearchSchema& SearchSchema::date(std::string_view field, const SearchFastOptions& options) {
  return add(field, "DATE", options);
}

SearchSchema& SearchSchema::keyword(std::string_view field, const SearchSourceOptions& options) {
  return add(field, "KEYWORD").add_source(options.from);
}

SearchSchema& SearchSchema::facet(std::string_view field, const SearchSourceOptions& options) {
  return add(field, "FACET").add_source(options.from);
}

SearchSchema& SearchSchema::add(std::string_view field, std::string_view type) {
  words_.emplace_back(field);
  words_.emplace_back(type);
  return *this;
}

SearchSchema& SearchSchema::add(
    std::string_view field, std::string_view type, const SearchFastOptions& options) {
  add(field, type);
  if (options.fast) words_.emplace_back("FAST");
  return add_source(options.from);
}

SearchSchema& SearchSchema::add_source(std::string_view from) {
  if (from.empty()) return *this;
  words_.emplace_back("FROM");
  words_.emplace_back(from);
  return *this;
}

void SearchSchema::write(detail::ArgumentWriter& writer) const {
  require_fields(!words_.empty(), writer, "in its schema");
  for (const std::string_view word : words_) writer.add(word);
}

void SearchOrder::write(detail::ArgumentWriter& writer) const {
  writer.add(field_);
  writer.add(descending_ ? "DESC"sv : "ASC"sv);
}

void SearchHighlight::write(detail::ArgumentWriter& writer) const {
  require_fields(!fields.empty(), writer, "to highlight");
  writer.add("FIELDS"sv);
  writer.add(Value(fields.size()));
  for (const std::string_view field : fields) writer.add(field);
  if (!tags) return;
  writer.add("TAGS"sv);
  writer.add(tags->open());
  writer.add(tags->close());
}

void SearchScore::write(detail::ArgumentWriter& writer) const {
  require_fields(!fields.empty(), writer, "to score by");
  for (const SearchScoreField& field : fields) {
    writer.add("FIELDVALUE"sv);
    writer.add(field.field);
    write_word(writer, "MODIFIER", field.modifier, modifiers);
    write_number(writer, "FACTOR", field.factor);
    write_number(writer, "MISSING", field.missing);
  }
  write_word(writer, "SCOREMODE", mode, score_modes);
  write_word(writer, "COMBINEMODE", combine, combine_modes);
}

}  // namespace upstash
