using System.Globalization;

namespace ThreeServers;

/// <summary>What a server's process is told: its number, where it keeps its state, its HTTP port, the RPC ports of all.</summary>
internal sealed record ServerArguments(int Number, string Directory, int HttpPort, IReadOnlyList<int> RpcPorts)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"s{Number + 1}");

    public string[] ToArray() =>
        ["server", Text(Number), Directory, Text(HttpPort), string.Join(',', RpcPorts.Select(Text))];

    public static ServerArguments Parse(string[] args) => new(
        int.Parse(args[0], CultureInfo.InvariantCulture),
        args[1],
        int.Parse(args[2], CultureInfo.InvariantCulture),
        [.. args[3].Split(',').Select(static port => int.Parse(port, CultureInfo.InvariantCulture))]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
