// The arguments of the search commands that have a grammar of their own. A SearchSchema owns its text and may be kept;
// the others look at theirs, as arguments do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/optional_argument.hpp>

namespace upstash {

/// How SearchSchema::text() indexes a field. Members that are not given leave it at full-text search: the text
/// is cut into words and each word is reduced to its stem.
struct SearchTextOptions {
  bool nostem = false;      ///< Keep each word as it is: "running" no longer finds "runs".
  bool notokenize = false;  ///< Take the whole text as one word: for codes, e-mail addresses, paths.
  std::string_view from =
      {};  ///< The field of the document to read, if it is named otherwise: "author.name".
};

/// How the numbers, booleans and dates of a SearchSchema are indexed.
struct SearchFastOptions {
  bool fast = false;           ///< Keep the values at hand, which sorting, scoring and aggregations need.
  std::string_view from = {};  ///< The field of the document to read, if it is named otherwise.
};

/// How the keywords and facets of a SearchSchema are indexed.
struct SearchSourceOptions {
  std::string_view from = {};  ///< The field of the document to read, if it is named otherwise.
};

/// The fields that an index makes searchable, and how. Fields of nested objects are named with dots:
///
///     SearchSchema().text("title").f64("price", {.fast = true}).keyword("author.id")
///
/// A document may have other fields, which are not indexed, and lack some of these. A schema without any field
/// is refused, with UsageError, when the command is built.
class SearchSchema {
 public:
  /// Text for full-text search (TEXT).
  SearchSchema& text(std::string_view field, const SearchTextOptions& options = {});
  /// Integers without a sign, 64 bits (U64).
  SearchSchema& u64(std::string_view field, const SearchFastOptions& options = {});
  /// Integers with a sign, 64 bits (I64).
  SearchSchema& i64(std::string_view field, const SearchFastOptions& options = {});
  /// Floating point numbers (F64).
  SearchSchema& f64(std::string_view field, const SearchFastOptions& options = {});
  /// true or false (BOOL).
  SearchSchema& boolean(std::string_view field, const SearchFastOptions& options = {});
  /// Dates (DATE).
  SearchSchema& date(std::string_view field, const SearchFastOptions& options = {});
  /// Text that matches only as a whole: tags, identifiers, states (KEYWORD).
  SearchSchema& keyword(std::string_view field, const SearchSourceOptions& options = {});
  /// Paths such as "/books/fiction", for category trees (FACET).
  SearchSchema& facet(std::string_view field, const SearchSourceOptions& options = {});

  /// Writes what follows the word SCHEMA.
  void write(detail::ArgumentWriter& writer) const;

 private:
  SearchSchema& add(std::string_view field, std::string_view type);
  SearchSchema& add(std::string_view field, std::string_view type, const SearchFastOptions& options);
  SearchSchema& add_source(std::string_view from);

  std::vector<std::string> words_;  // as they are sent
};

/// The field that sorts the results of a query, which the schema must have as a fast one:
/// `SearchOrder::asc("price")`.
class SearchOrder {
 public:
  /// The smallest value first.
  [[nodiscard]] static SearchOrder asc(std::string_view field) noexcept { return {field, false}; }
  /// The greatest value first.
  [[nodiscard]] static SearchOrder desc(std::string_view field) noexcept { return {field, true}; }

  /// Writes what follows the word ORDERBY.
  void write(detail::ArgumentWriter& writer) const;

 private:
  SearchOrder(std::string_view field, bool descending) noexcept : field_(field), descending_(descending) {}

  std::string_view field_;
  bool descending_;
};

/// What SearchHighlight puts before and after each match.
class SearchTags {
 public:
  SearchTags(std::string_view open, std::string_view close) noexcept : open_(open), close_(close) {}

  [[nodiscard]] std::string_view open() const noexcept { return open_; }
  [[nodiscard]] std::string_view close() const noexcept { return close_; }

 private:
  std::string_view open_;
  std::string_view close_;
};

/// Marks in the results what has matched: `{.fields = {"title"}, .tags = SearchTags("<b>", "</b>")}`. Without a
/// field it is refused, with UsageError, when the command is built.
struct SearchHighlight {
  std::vector<std::string_view> fields{};  ///< The text fields to mark, by their names in the schema.
  OptionalArgument<SearchTags> tags = {};  ///< `<em>` and `</em>` if not given.

  /// Whether anything is given.
  explicit operator bool() const noexcept { return !fields.empty() || tags; }
  /// Writes what follows the word HIGHLIGHT.
  void write(detail::ArgumentWriter& writer) const;
};

/// What is done to a field's value before SearchScore uses it.
enum class SearchModifier : std::uint8_t {
  none,        ///< Nothing.
  log,         ///< The logarithm to base 10.
  log1p,       ///< The logarithm to base 10 of the value plus 1.
  log2p,       ///< The logarithm to base 10 of the value plus 2.
  ln,          ///< The natural logarithm.
  ln1p,        ///< The natural logarithm of the value plus 1.
  ln2p,        ///< The natural logarithm of the value plus 2.
  square,      ///< The value times itself.
  sqrt,        ///< The square root.
  reciprocal,  ///< 1 divided by the value.
};

/// How a SearchScore changes the score that a document has by its relevance.
enum class SearchScoreMode : std::uint8_t {
  sum,       ///< It is added to it.
  multiply,  ///< It is multiplied with it.
  replace,   ///< It takes its place.
};

/// How a SearchScore makes one number of several fields.
enum class SearchCombineMode : std::uint8_t {
  sum,       ///< Their sum.
  multiply,  ///< Their product.
};

/// One field that a SearchScore takes into account, a fast number of the schema:
/// `{.field = "sales", .modifier = SearchModifier::log1p}`.
struct SearchScoreField {
  std::string_view field;                          ///< The field's name in the schema.
  OptionalArgument<SearchModifier> modifier = {};  ///< What is done to its value; nothing if not given.
  OptionalArgument<double> factor = {};  ///< What the modified value is multiplied with; 1 if not given.
  /// The value where a document has none, or none that the modifier can take; 0 if not given.
  OptionalArgument<double> missing = {};
};

/// Scores documents by their numbers besides their relevance:
/// `{.fields = {{.field = "rating"}}, .mode = SearchScoreMode::multiply}`. Without a field it is refused, with
/// UsageError, when the command is built.
struct SearchScore {
  std::vector<SearchScoreField> fields{};            ///< What counts; several are combined into one number.
  OptionalArgument<SearchScoreMode> mode = {};       ///< How that number changes the score.
  OptionalArgument<SearchCombineMode> combine = {};  ///< How several fields become one number.

  /// Whether anything is given.
  explicit operator bool() const noexcept { return !fields.empty() || mode || combine; }
  /// Writes what follows the word SCOREFUNC.
  void write(detail::ArgumentWriter& writer) const;
};

}  // namespace upstash
