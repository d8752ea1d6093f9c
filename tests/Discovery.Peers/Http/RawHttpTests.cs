using System.IO.Compression;
using System.Text;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Http;

public sealed class RawHttpTests
{
    [Fact]
    public void Parse_OfChunkedAndCompressedReply_GivesThePlainBody()
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("hello"u8);
        }

        byte[] body = compressed.ToArray();
        byte[] head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nX-Odd: a:b\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n");
        RawReply reply = RawHttp.Parse([.. head, .. body, .. "\r\n0\r\n\r\n"u8]);
        Assert.Equal((200, "hello", "a:b"), (reply.Status, reply.Text, reply.Header("x-odd")));
    }

    [Fact]
    public void Parse_OfTable_GivesScenariosWithTheirSteps()
    {
        IReadOnlyList<Scenario> scenarios = RequestTable.Parse("file", """
            # a comment
            === first
            GET /a?b=c
              X-Token: t
              until done
            PUT /b {"x":"${y*3}"}
            === second (dev)
            watch GET /c
            change PUT /d
              X-A: 1
              {"two":
              "lines"}
            """);
        Assert.Equal(["file: first", "file: second"], scenarios.Select(scenario => scenario.Name));
        Assert.Equal(["server", "dev"], scenarios.Select(scenario => scenario.Mode));
        Step get = scenarios[0].Steps[0];
        Assert.Equal(("GET /a?b=c", null, "done"), (get.Request.Line, get.Request.Body, get.Until));
        Assert.Equal([("X-Token", "t")], get.Request.Headers);
        Assert.Equal("""{"x":"yyy"}""", scenarios[0].Steps[1].Request.Body);
        Assert.Equal([StepRole.Watch, StepRole.Change], scenarios[1].Steps.Select(step => step.Role));
        Assert.Equal("{\"two\":\n\"lines\"}", scenarios[1].Steps[1].Request.Body);
    }

    [Fact]
    public void Parse_OfReplyAfterContinue_GivesTheReply()
    {
        RawReply reply = RawHttp.Parse([.. "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\n\r\ntrue"u8]);
        Assert.Equal((200, "true", "1"), (reply.Status, reply.Text, reply.Header("X-A")));
    }

    [Fact]
    public void Fill_OfTakenValues_PutsThemIntoLaterRequestsAndTheirNamesIntoReplies()
    {
        IReadOnlyList<Step> steps = RequestTable.Parse("file", """
            === one
            GET /a
              take s from [1].ID
              take i from [0].Row.ModifyIndex
              take n from [9].ID
            PUT /b?s=${s}&i=${i}&n=${n}
              X-A: ${i}
              {"S":"${s}"}
            PUT /c {"S":"${s}","X":"${{},*2}"}
            """)[0].Steps;
        TakenValues taken = new();
        taken.Take(steps[0], new RawReply(200, [], [.. """[{"Row":{"ModifyIndex":17}},{"ID":"an-id"}]"""u8]));
        RawRequest filled = taken.Fill(steps[1].Request);
        Assert.Equal("/b?s=an-id&i=17&n=${n}", filled.Target);
        Assert.Equal(("X-A", "17"), filled.Headers[0]);
        Assert.Equal("""{"S":"an-id"}""", filled.Body);
        Assert.Equal("""{"S":"an-id","X":"{},{},"}""", taken.Fill(steps[2].Request).Body);
        Assert.Equal("17 of <s>, not other-id", taken.Disguise("17 of an-id, not other-id"));
    }

    [Theory]
    [InlineData("GET /a")]
    [InlineData("=== a\nnonsense")]
    public void Parse_OfWrongTable_TellsTheLine(string text) => Assert.Throws<FormatException>(() => RequestTable.Parse("file", text));
}
