using System.Text;
using Discovery.Peers.Http;
using Discovery.Peers.Processes;

namespace Discovery.Peers.Comparison;

/// <summary>The bugs that the comparer is for, planted one by one.</summary>
public sealed class ReplyComparerTests
{
    private const string Rules = """
        index     | * | header X-Consul-Index
        index     | * | *ModifyIndex
        identity  | * | *Hash
        number    | * | *Height
        time      | * | *At
        digits    | * | *Count
        any       | * | *Free
        numbered  | * | *Told
        unordered | * | *.Map
        ignored   | * | *.Noise
        """;

    private static readonly AgentPorts s_our = new(41001, 41002, 41003, 41004, 41005, 41006);
    private static readonly AgentPorts s_their = new(51001, 51002, 51003, 51004, 51005, 51006);

    [Theory]
    [InlineData("""{"a":1,"b":[],"c":null,"d":"x","e":1.5,"f":true,"g":{"h":[1,"2"]}}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("plain text")]
    [InlineData("")]
    public void Compare_OfEqualBodies_TellsNothing(string body) => Assert.Empty(Bodies(body, body));

    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", "body order", "a b", "b a")]
    [InlineData("""{"a":[]}""", """{"a":null}""", "body.a", "[]", "null")]
    [InlineData("""{"a":null}""", """{"a":[]}""", "body.a", "null", "[]")]
    [InlineData("""{}""", """{"a":null}""", "body.a", "missing", "null")]
    [InlineData("""{"a":{}}""", """{}""", "body.a", "{}", "missing")]
    [InlineData("""{"a":"1"}""", """{"a":1}""", "body.a", "\"1\"", "1")]
    [InlineData("""{"a":1}""", """{"a":1.0}""", "body.a", "1", "1.0")]
    [InlineData("""{"a":0.00001}""", """{"a":1e-05}""", "body.a", "0.00001", "1e-05")]
    [InlineData("""{"a":"<"}""", """{"a":"\u003c"}""", "body.a", "\"<\"", "\"\\u003c\"")]
    [InlineData("""{"a":true}""", """{"a":"true"}""", "body.a", "true", "\"true\"")]
    [InlineData("""{"a":{}}""", """{"a":[]}""", "body.a", "{}", "[]")]
    [InlineData("""{"A":1}""", """{"a":1}""", "body.a", "missing", "1")]
    [InlineData("[1,2]", "[2,1]", "body order", "1 2", "2 1")]
    [InlineData("""[{"Node":"a"},{"Node":"b"}]""", """[{"Node":"b"},{"Node":"a"}]""", "body order", "a b", "b a")]
    [InlineData("[1]", "[1,2]", "body length", "1: 1", "2: 1 2")]
    [InlineData("[1,3]", "[1,2]", "body[1]", "3", "2")]
    [InlineData("null", "[]", "body", "null", "[]")]
    [InlineData("{\"a\":1}\n", "{\"a\":1}", "body layout", "compact with newline", "compact")]
    [InlineData("{\n    \"a\": 1\n}", "{\"a\":1}", "body layout", "indented", "compact")]
    [InlineData("text", "text ", "body", "text", "text ")]
    [InlineData("text", "", "body", "text", "")]
    [InlineData("", "[]", "body", "", "[]")]
    public void Compare_OfPlantedBody_TellsIt(string our, string their, string field, string ours, string theirs) =>
        Assert.Contains(new Difference("s", "GET /x", field, ours, theirs), Bodies(our, their));

    [Fact]
    public void Compare_OfPlantedStatusAndHeaders_TellsThem()
    {
        RawReply our = new(200, [("Content-Type", "application/json"), ("X-A", "1"), ("x-lower", "1"), ("Date", "now")], []);
        RawReply their = new(404, [("Content-Type", "text/plain"), ("X-B", "1"), ("X-Lower", "1"), ("Content-Length", "0")], []);
        Assert.Equal(
            [
                new("s", "GET /x", "status", "200", "404"),
                new("s", "GET /x", "header Content-Type", "application/json", "text/plain"),
                new("s", "GET /x", "header X-A", "1", "missing"),
                new("s", "GET /x", "header X-B", "missing", "1"),
                new("s", "GET /x", "header X-Lower", "missing", "1"),
                new("s", "GET /x", "header x-lower", "1", "missing"),
            ],
            Comparer().Compare("GET /x", our, their));
    }

    [Fact]
    public void Compare_OfIndexes_TellsAnotherRelationOnceAndGoesOn()
    {
        ReplyComparer comparer = Comparer();
        Assert.Empty(Compare("GET /1", """{"ModifyIndex":10}""", """{"ModifyIndex":200}"""));
        Assert.Empty(Compare("GET /2", """{"ModifyIndex":11}""", """{"ModifyIndex":300}"""));
        Assert.Empty(Compare("GET /3", """{"ModifyIndex":10}""", """{"ModifyIndex":200}"""));
        Assert.Equal(
            [new("s", "GET /4", "body.ModifyIndex", "equal to body.ModifyIndex of GET /2", "after body.ModifyIndex of GET /2")],
            Compare("GET /4", """{"ModifyIndex":11}""", """{"ModifyIndex":301}"""));
        Assert.Equal(
            [new("s", "GET /5", "body.ModifyIndex", "before body.ModifyIndex of GET /1", "after body.ModifyIndex of GET /1")],
            Compare("GET /5", """{"ModifyIndex":9}""", """{"ModifyIndex":201}"""));
        Assert.Equal(
            [new("s", "GET /6", "body.ModifyIndex", "an index", "0")],
            Compare("GET /6", """{"ModifyIndex":12}""", """{"ModifyIndex":0}"""));
        Assert.Equal(
            [new("s", "GET /7", "body.ModifyIndex", "\"12\"", "301")],
            Compare("GET /7", """{"ModifyIndex":"12"}""", """{"ModifyIndex":301}"""));
        Assert.Empty(Compare("GET /8", """{"ModifyIndex":12}""", """{"ModifyIndex":301}"""));

        IReadOnlyList<Difference> Compare(string request, string our, string their) =>
            comparer.Compare(request, Json(our), Json(their));
    }

    [Fact]
    public void Compare_OfPositions_RelatesThemToTheSameQueryAndToTheRowsOfTheReply()
    {
        ReplyComparer comparer = Comparer();
        Assert.Empty(comparer.Compare("GET /a", Reply(5, 5), Reply(50, 50)));
        Assert.Empty(comparer.Compare("GET /b", Reply(4, 3), Reply(51, 10)));
        Assert.Empty(comparer.Compare("GET /a", Reply(6, 5), Reply(51, 50)));
        Assert.Equal(
            [
                new("s", "GET /a", "header X-Consul-Index", "after header X-Consul-Index of GET /a",
                    "equal to header X-Consul-Index of GET /a"),
            ],
            comparer.Compare("GET /a", Reply(7, 5), Reply(51, 50)));
        Assert.Equal(
            [new("s", "GET /c", "header X-Consul-Index and rows", "the latest row's", "later than all rows")],
            comparer.Compare("GET /c", Reply(5, 5), Reply(51, 50)));

        static RawReply Reply(int index, int row) =>
            new(200, [("X-Consul-Index", $"{index}")], Encoding.UTF8.GetBytes($$"""[{"ModifyIndex":{{row}}}]"""));
    }

    [Theory]
    [InlineData("""{"Height":1e-05}""", """{"Height":0.5}""", true)]
    [InlineData("""{"Height":"1"}""", """{"Height":1}""", false)]
    [InlineData("""{"At":"2026-11-22T07:20:08.695Z"}""", """{"At":"2026-11-25 23:04:20 +0000 UTC"}""", true)]
    [InlineData("""{"At":"yesterday"}""", """{"At":"2026-11-22T07:20:08Z"}""", false)]
    [InlineData("""{"Count":"12"}""", """{"Count":"7"}""", true)]
    [InlineData("""{"Count":12}""", """{"Count":"12"}""", false)]
    [InlineData("""{"Count":""}""", """{"Count":"12"}""", false)]
    [InlineData("""{"Free":{"a":1}}""", """{"Free":{"b":2}}""", true)]
    [InlineData("""{"Free":{"a":1}}""", """{"Free":[]}""", false)]
    [InlineData("""{"Free":null}""", """{"Free":[]}""", false)]
    [InlineData("""{"Told":"index 17 != 3"}""", """{"Told":"index 190 != 3"}""", true)]
    [InlineData("""{"Told":"index 17 != 3"}""", """{"Told":"index 17 = 3"}""", false)]
    [InlineData("""{"Told":"index 17 != 3"}""", """{"Told":"index -17 != 3"}""", false)]
    [InlineData("""{"Map":[1,2]}""", """{"Map":[2,1]}""", true)]
    [InlineData("""{"Map":[1,2]}""", """{"Map":[2,3]}""", false)]
    [InlineData("""{"Noise":1}""", """{}""", true)]
    public void Compare_UnderARule_AllowsWhatTheRuleSaysOnly(string our, string their, bool isEqual) =>
        Assert.Equal(isEqual, Bodies(our, their).Count == 0);

    [Fact]
    public void Compare_OfIdentities_WantsThemEqualAndDifferentInTheSamePlaces()
    {
        ReplyComparer comparer = Comparer();
        Assert.Empty(comparer.Compare("GET /1", Json("""{"Hash":"a"}"""), Json("""{"Hash":"x"}""")));
        Assert.Empty(comparer.Compare("GET /2", Json("""{"Hash":"b"}"""), Json("""{"Hash":"y"}""")));
        Assert.Empty(comparer.Compare("GET /3", Json("""{"Hash":"a"}"""), Json("""{"Hash":"x"}""")));
        Assert.Equal(
            [new("s", "GET /4", "body.Hash", "equal to body.Hash of GET /1", "other than body.Hash of GET /1")],
            comparer.Compare("GET /4", Json("""{"Hash":"a"}"""), Json("""{"Hash":"z"}""")));
    }

    [Fact]
    public void Compare_OfPortsAndFolders_ComparesWhatTheyStandFor()
    {
        Assert.Empty(Bodies("""{"Port":41003,"Address":"1.1.1.1:41004","Dir":"/ours/data"}""",
            """{"Port":51003,"Address":"1.1.1.1:51004","Dir":"/theirs/data"}"""));
        Assert.Equal(
            [new("s", "GET /x", "body.Port", "<http>", "<dns>")], Bodies("""{"Port":41001}""", """{"Port":51002}"""));
        Assert.Equal(
            [new("s", "GET /x", "body.Port", "141001", "<http>")], Bodies("""{"Port":141001}""", """{"Port":51001}"""));
    }

    [Fact]
    public void Differences_ListedAndFound_AreMatchedByPatterns()
    {
        Difference found = new("catalog: nodes", "GET /v1/catalog/nodes", "body[3].Meta", "{}", "null");
        ListedDifference fits = new("*", "GET /v1/catalog/*", "body[*].Meta", "{}", "null", "reason");
        ListedDifference stale = fits with { Field = "body[*].Other" };
        ListedDifferences list = new([fits, stale, fits with { Reason = "" }]);
        Assert.Empty(list.Unlisted([found]));
        Assert.Equal([found with { Theirs = "[]" }], list.Unlisted([found with { Theirs = "[]" }]));
        Assert.Equal(
            [$"listed, but it does not occur: {stale}", $"listed without a reason: {fits with { Reason = "" }}"], list.Stale());
    }

    private static IReadOnlyList<Difference> Bodies(string our, string their) => Comparer().Compare("GET /x", Json(our), Json(their));

    private static RawReply Json(string text) => new(200, [("Content-Type", "application/json")], Encoding.UTF8.GetBytes(text));

    private static ReplyComparer Comparer() =>
        new("s", ComparisonRules.Parse(Rules), new Disguise(s_our, "/ours"), new Disguise(s_their, "/theirs"));
}
