namespace Discovery.Node.ConsulDialect;

/// <summary>Translates texts without files.</summary>
internal static class DialectFixture
{
    public static ConfigObject Decode(string name, string text) => Decoder.Decode(
        name,
        name.EndsWith(".json", StringComparison.Ordinal) ? JsonText.Parse(name, text) : HclReader.Parse(name, text),
        DialectTable.Root);

    public static Dialect Translate(string name, params string[] texts) =>
        new Translation(Merging.Merge(texts.Select(text => Decode(name, text))), isDev: false, []).Run();

    /// <summary>Keys and values, one per line, without those that every node has.</summary>
    public static string[] Keys(Dialect dialect) =>
        [.. dialect.Keys.Select(static pair => $"{pair.Key}={pair.Value}").Except(s_always).Order(StringComparer.Ordinal)];

    private static readonly string[] s_always =
    [
        "Discovery:Dns:Addresses:0=127.0.0.1", "Discovery:Dns:Port=8600", "Discovery:Http:AllowRemote=true",
        "Discovery:Rpc:Address=0.0.0.0",
        "Discovery:Node:DataDirectory=/tmp/x", "Discovery:Node:DrainDelay=00:00:00", "Discovery:Node:Role=Agent",
    ];
}
