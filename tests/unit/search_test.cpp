// What the search commands' own argument types write.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/error.hpp>
#include <upstash/search.hpp>

#include "thrown_by.hpp"

namespace upstash::test {
namespace {

template <class Argument>
std::string json_of(const Argument& argument) {
  detail::ArgumentWriter writer("");
  argument.write(writer);
  return std::move(writer).finish().json;
}

template <class Argument>
std::string refusal_of(std::string_view command, const Argument& argument) {
  return message_of<UsageError>([&] {
    detail::ArgumentWriter writer(command);
    argument.write(writer);
  });
}

TEST(SearchSchema, WritesEveryTypeInTheOrderOfItsFields) {
  EXPECT_EQ(
      json_of(
          SearchSchema().text("t").u64("u").i64("i").f64("f").boolean("b").date("d").keyword("k").facet("c")),
      R"(["t","TEXT","u","U64","i","I64","f","F64","b","BOOL","d","DATE","k","KEYWORD","c","FACET"])");
}

TEST(SearchSchema, WritesTheOptionsOfTextInTheOrderOfTheGrammar) {
  EXPECT_EQ(json_of(SearchSchema().text("t", {.nostem = true})), R"(["t","TEXT","NOSTEM"])");
  EXPECT_EQ(json_of(SearchSchema().text("t", {.notokenize = true})), R"(["t","TEXT","NOTOKENIZE"])");
  EXPECT_EQ(json_of(SearchSchema().text("t", {.from = "a.b"})), R"(["t","TEXT","FROM","a.b"])");
  EXPECT_EQ(
      json_of(SearchSchema().text("t", {.nostem = true, .notokenize = true, .from = "a.b"})),
      R"(["t","TEXT","NOSTEM","NOTOKENIZE","FROM","a.b"])");
}

TEST(SearchSchema, WritesTheOptionsOfNumbersBooleansAndDates) {
  const SearchFastOptions options{.fast = true, .from = "s"};
  EXPECT_EQ(json_of(SearchSchema().u64("x", options)), R"(["x","U64","FAST","FROM","s"])");
  EXPECT_EQ(json_of(SearchSchema().i64("x", options)), R"(["x","I64","FAST","FROM","s"])");
  EXPECT_EQ(json_of(SearchSchema().f64("x", options)), R"(["x","F64","FAST","FROM","s"])");
  EXPECT_EQ(json_of(SearchSchema().boolean("x", options)), R"(["x","BOOL","FAST","FROM","s"])");
  EXPECT_EQ(json_of(SearchSchema().date("x", options)), R"(["x","DATE","FAST","FROM","s"])");
  EXPECT_EQ(json_of(SearchSchema().f64("x", {.fast = true})), R"(["x","F64","FAST"])");
  EXPECT_EQ(json_of(SearchSchema().f64("x", {.from = "s"})), R"(["x","F64","FROM","s"])");
}

TEST(SearchSchema, WritesTheSourceOfKeywordsAndFacets) {
  EXPECT_EQ(json_of(SearchSchema().keyword("x", {.from = "s"})), R"(["x","KEYWORD","FROM","s"])");
  EXPECT_EQ(json_of(SearchSchema().facet("x", {.from = "s"})), R"(["x","FACET","FROM","s"])");
}

TEST(SearchSchema, OwnsItsTextAndCanBeKeptAndExtended) {
  SearchSchema schema;
  {
    std::string field = "a field that is too long to be stored in place";
    std::string source = "a source that is too long to be stored in place";
    schema.text(field, {.from = source});
    field.assign(field.size(), 'x');
    source.assign(source.size(), 'x');
  }
  SearchSchema longer = schema;
  longer.date("d");
  EXPECT_EQ(
      json_of(schema),
      R"(["a field that is too long to be stored in place","TEXT","FROM",)"
      R"("a source that is too long to be stored in place"])");
  EXPECT_EQ(
      json_of(longer),
      R"(["a field that is too long to be stored in place","TEXT","FROM",)"
      R"("a source that is too long to be stored in place","d","DATE"])");
}

TEST(SearchSchema, NeedsAField) {
  EXPECT_EQ(
      refusal_of("SEARCH.CREATE", SearchSchema()), "SEARCH.CREATE needs at least one field in its schema");
}

TEST(SearchOrder, WritesTheFieldAndTheDirection) {
  EXPECT_EQ(json_of(SearchOrder::asc("price")), R"(["price","ASC"])");
  EXPECT_EQ(json_of(SearchOrder::desc("price")), R"(["price","DESC"])");
}

TEST(SearchHighlight, CountsItsFields) {
  EXPECT_EQ(json_of(SearchHighlight{.fields = {"title"}}), R"(["FIELDS","1","title"])");
  EXPECT_EQ(json_of(SearchHighlight{.fields = {"title", "body"}}), R"(["FIELDS","2","title","body"])");
  EXPECT_EQ(json_of(SearchHighlight{.fields = {"a", "b", "c"}}), R"(["FIELDS","3","a","b","c"])");
}

TEST(SearchHighlight, WritesBothTagsEvenIfEmpty) {
  EXPECT_EQ(
      json_of(SearchHighlight{.fields = {"title"}, .tags = SearchTags("<b>", "</b>")}),
      R"(["FIELDS","1","title","TAGS","<b>","</b>"])");
  EXPECT_EQ(
      json_of(SearchHighlight{.fields = {"title"}, .tags = {{"*", ""}}}),
      R"(["FIELDS","1","title","TAGS","*",""])");
}

TEST(SearchHighlight, IsLeftOutOnlyWhenNothingIsGiven) {
  EXPECT_FALSE(SearchHighlight{});
  EXPECT_TRUE(SearchHighlight{.fields = {"title"}});
  EXPECT_TRUE((SearchHighlight{.tags = SearchTags("<b>", "</b>")}));  // to be refused, not to be dropped
}

TEST(SearchScore, IsLeftOutOnlyWhenNothingIsGiven) {
  EXPECT_FALSE(SearchScore{});
  EXPECT_TRUE((SearchScore{.fields = {{.field = "sales"}}}));
  EXPECT_TRUE(SearchScore{.mode = SearchScoreMode::sum});
  EXPECT_TRUE(SearchScore{.combine = SearchCombineMode::sum});
}

TEST(SearchHighlight, NeedsAField) {
  EXPECT_EQ(
      refusal_of("SEARCH.QUERY", SearchHighlight{.fields = {}}),
      "SEARCH.QUERY needs at least one field to highlight");
}

TEST(SearchScore, WritesOneFieldAndWhatIsGivenForIt) {
  EXPECT_EQ(json_of(SearchScore{.fields = {{.field = "sales"}}}), R"(["FIELDVALUE","sales"])");
  EXPECT_EQ(
      json_of(SearchScore{
          .fields = {{.field = "sales", .modifier = SearchModifier::log1p, .factor = 2, .missing = 0.5}}}),
      R"(["FIELDVALUE","sales","MODIFIER","LOG1P","FACTOR","2","MISSING","0.5"])");
}

TEST(SearchScore, WritesAllFieldsAndThenTheModes) {
  EXPECT_EQ(
      json_of(SearchScore{
          .fields = {{.field = "sales", .factor = 0.1}, {.field = "rating", .missing = -1}},
          .mode = SearchScoreMode::multiply,
          .combine = SearchCombineMode::sum}),
      R"(["FIELDVALUE","sales","FACTOR","0.1","FIELDVALUE","rating","MISSING","-1",)"
      R"("SCOREMODE","MULTIPLY","COMBINEMODE","SUM"])");
}

TEST(SearchScore, HasAWordForEveryChoice) {
  const auto modifier = [](SearchModifier choice) {
    return json_of(SearchScore{.fields = {{.field = "f", .modifier = choice}}});
  };
  EXPECT_EQ(modifier(SearchModifier::none), R"(["FIELDVALUE","f","MODIFIER","NONE"])");
  EXPECT_EQ(modifier(SearchModifier::log), R"(["FIELDVALUE","f","MODIFIER","LOG"])");
  EXPECT_EQ(modifier(SearchModifier::log1p), R"(["FIELDVALUE","f","MODIFIER","LOG1P"])");
  EXPECT_EQ(modifier(SearchModifier::log2p), R"(["FIELDVALUE","f","MODIFIER","LOG2P"])");
  EXPECT_EQ(modifier(SearchModifier::ln), R"(["FIELDVALUE","f","MODIFIER","LN"])");
  EXPECT_EQ(modifier(SearchModifier::ln1p), R"(["FIELDVALUE","f","MODIFIER","LN1P"])");
  EXPECT_EQ(modifier(SearchModifier::ln2p), R"(["FIELDVALUE","f","MODIFIER","LN2P"])");
  EXPECT_EQ(modifier(SearchModifier::square), R"(["FIELDVALUE","f","MODIFIER","SQUARE"])");
  EXPECT_EQ(modifier(SearchModifier::sqrt), R"(["FIELDVALUE","f","MODIFIER","SQRT"])");
  EXPECT_EQ(modifier(SearchModifier::reciprocal), R"(["FIELDVALUE","f","MODIFIER","RECIPROCAL"])");

  const auto mode = [](SearchScoreMode choice) {
    return json_of(SearchScore{.fields = {{.field = "f"}}, .mode = choice});
  };
  EXPECT_EQ(mode(SearchScoreMode::sum), R"(["FIELDVALUE","f","SCOREMODE","SUM"])");
  EXPECT_EQ(mode(SearchScoreMode::multiply), R"(["FIELDVALUE","f","SCOREMODE","MULTIPLY"])");
  EXPECT_EQ(mode(SearchScoreMode::replace), R"(["FIELDVALUE","f","SCOREMODE","REPLACE"])");

  const auto combine = [](SearchCombineMode choice) {
    return json_of(SearchScore{.fields = {{.field = "f"}}, .combine = choice});
  };
  EXPECT_EQ(combine(SearchCombineMode::sum), R"(["FIELDVALUE","f","COMBINEMODE","SUM"])");
  EXPECT_EQ(combine(SearchCombineMode::multiply), R"(["FIELDVALUE","f","COMBINEMODE","MULTIPLY"])");
}

TEST(SearchScore, NeedsAField) {
  EXPECT_EQ(
      refusal_of("SEARCH.QUERY", SearchScore{.fields = {}}),
      "SEARCH.QUERY needs at least one field to score by");
}

}  // namespace
}  // namespace upstash::test
