using System.Runtime.CompilerServices;
using System.Text;
using Discovery.Support;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>Runs testdata/vectors.txt in both modes and compares with what stands there.</summary>
public sealed class VectorTests
{
    [Fact]
    public void Answer_EveryVectorInBothModes_IsWhatTheTableSays()
    {
        string[] lines = File.ReadAllLines(TestCatalog.PathOf("vectors.txt"));
        var produced = new StringBuilder();
        using TestCatalog catalog = TestCatalog.F();
        using TestCatalog maintained = TestCatalog.F();
        maintained.Register(new CatalogRegistration
        {
            Node = "foo",
            SkipNodeUpdate = true,
            Checks = { new CatalogCheckRegistration { CheckId = "_node_maintenance", Name = "maintenance" } },
        });
        foreach (string line in lines.Where(static line => !line.StartsWith("  ", StringComparison.Ordinal)))
        {
            produced.Append(line).Append('\n');
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                Vector vector = Vector.Parse(line);
                TestCatalog asked = vector.IsInMaintenance ? maintained : catalog;
                string consul = Ask(asked, vector, hasQuirks: true);
                string own = Ask(asked, vector, hasQuirks: false);
                produced.Append("  consul  ").Append(consul).Append('\n');
                produced.Append("  default ").Append(own == consul ? "the same" : own).Append('\n');
            }
        }

        if (Environment.GetEnvironmentVariable("REWRITE") == "1")
        {
            File.WriteAllText(Source("vectors.txt"), produced.ToString());
            return;
        }

        Assert.Equal(string.Join('\n', lines) + "\n", produced.ToString());
    }

    private static string Ask(TestCatalog catalog, Vector vector, bool hasQuirks)
    {
        TestResponder responder = catalog.Responder(options =>
        {
            vector.Apply(options);
            options.Consul187Quirks = hasQuirks;
        });
        ExternalRecords external = new();
        external.Add(
            QueryBuilder.Name("www.example.com"), DnsType.A,
            [new ExternalRecord(QueryBuilder.Name("www.example.com"), DnsType.A, 300, [192, 0, 2, 7])]);
        external.Add(
            QueryBuilder.Name("www.example.com"), DnsType.AAAA,
            [new ExternalRecord(QueryBuilder.Name("www.example.com"), DnsType.AAAA, 300, [.. Enumerable.Repeat<byte>(1, 16)])]);
        return responder.Ask(vector.Packet, vector.IsTcp, external).Describe();
    }

    private static string Source(string file, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "testdata", file);
}
