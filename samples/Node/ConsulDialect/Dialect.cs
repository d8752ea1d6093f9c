namespace Discovery.Node.ConsulDialect;

/// <summary>A command line and its files, translated.</summary>
/// <param name="Keys">Configuration keys, all below <c>Discovery</c>, with their values.</param>
/// <param name="Host">What concerns the process.</param>
/// <param name="Services">The services declared.</param>
/// <param name="Checks">The checks declared that no service holds, each with the id of the service it belongs to, or null.</param>
/// <param name="Warnings">What was accepted without effect, and other things to be told.</param>
internal sealed record Dialect(
    IReadOnlyDictionary<string, string?> Keys,
    HostSettings Host,
    IReadOnlyList<ServiceRegistration> Services,
    IReadOnlyList<(CheckDefinition Check, string? ServiceId)> Checks,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Reads the files and translates everything.</summary>
    /// <exception cref="DialectException">Something cannot be used.</exception>
    public static Dialect Load(CommandLine line)
    {
        var warnings = new List<string>();
        ConfigObject merged = Merging.Merge(ConfigFiles.Read(line, warnings));
        return new Translation(merged, line.IsDev, warnings).Run();
    }
}
