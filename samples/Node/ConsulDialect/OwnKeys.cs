namespace Discovery.Node.ConsulDialect;

/// <summary>The keys below <c>discovery</c>, which Consul does not have. Pure.</summary>
internal static class OwnKeys
{
    private static readonly (string Said, string Written)[] s_names =
    [
        ("RaftOptions.Witness", "discovery.witness"),
        ("Discovery:Raft:Witness", "discovery.witness"),
        ("RaftOptions.Servers", "discovery.servers"),
        ("Discovery:Raft:Servers", "discovery.servers"),
        ("RaftOptions.BootstrapExpect", "bootstrap_expect"),
        ("Discovery:Raft:BootstrapExpect", "bootstrap_expect"),
    ];

    /// <summary>The key of Discovery that a name stands for: one with a name of its own, or a section; null for what is neither.</summary>
    public static string? Find(string name, ConfigValue value) => name switch
    {
        "dns_quirks" => "Discovery:Dns:Consul187Quirks",
        "servers" => "Discovery:Raft:Servers",
        "witness" => "Discovery:Raft:Witness",
        _ => value is ConfigObject or ConfigList { IsOfBlocks: true } ? $"Discovery:{name}" : null,
    };

    /// <summary>What is told of a name that is none.</summary>
    public static string Unknown(string name) =>
        $"invalid config key discovery.{name}: the keys are dns_quirks, servers and witness; beside them stand sections, such as "
        + "discovery.raft, with the keys that they have as options of Discovery";

    /// <summary>A text of the packages, with their names of what was written here put into the words of this configuration.</summary>
    public static string Spoken(string text)
    {
        if (text.Contains("Options.", StringComparison.Ordinal) || text.Contains("Discovery:", StringComparison.Ordinal))
        {
            foreach ((string said, string written) in s_names)
            {
                text = text.Replace(said, written, StringComparison.OrdinalIgnoreCase);
            }
        }

        return text;
    }
}
