using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Discovery.Infrastructure;

[Trait("Kind", "RealSockets")]
public sealed partial class ConsulTranscriptTests
{
    [Theory]
    [InlineData("consul-1.8.7.txt", 150)]
    [InlineData("consul-1.8.7-txn.txt", 40)]
    public async Task Answer_ToEachRequestOfTheTranscript_IsConsulsOwn(string name, int least)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var differences = new StringBuilder();
        IReadOnlyList<ConsulExchange> exchanges = ConsulTranscript.Read(name);
        Assert.True(exchanges.Count > least, "the transcript is there");
        foreach (ConsulExchange one in exchanges)
        {
            RawReply reply = await host.SendAsync(one.Target, one.Method, one.Headers, one.Body);
            string text = IndexPattern().Replace(reply.Text, "\"$1Index\":N");
            if (Show(reply) != one.Reply || text.TrimEnd('\n') != one.Text.TrimEnd('\n'))
            {
                differences.Append(CultureInfo.InvariantCulture, $"{one.Method} {one.Target} {one.Headers} {one.Body}\n");
                differences.Append(CultureInfo.InvariantCulture, $"  Consul {one.Reply} {one.Text}\n  ours   {Show(reply)} {text}\n");
            }
        }

        Assert.Equal("", differences.ToString());
    }

    private static string Show(RawReply reply) => string.Join(
        ' ',
        reply.Status,
        reply["Content-Type"].Replace(" ", "", StringComparison.Ordinal),
        reply["X-Consul-Index"] != "-" ? "*" : "-",
        reply["X-Consul-Effective-Consistency"],
        reply["X-Consul-Knownleader"] == "true" ? "known" : "-",
        reply["Content-Encoding"],
        reply["Vary"],
        reply["Allow"],
        reply["Location"],
        reply["X-Cache"]);

    [GeneratedRegex("\"(Create|Modify)Index\":\\d+")]
    private static partial Regex IndexPattern();
}
