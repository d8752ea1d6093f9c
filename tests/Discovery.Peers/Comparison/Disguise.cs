using System.Globalization;
using System.Text.RegularExpressions;
using Discovery.Peers.Processes;

namespace Discovery.Peers.Comparison;

/// <summary>Puts names in the place of what is one agent's own: its ports and its folder.</summary>
internal sealed class Disguise(AgentPorts ports, string folder)
{
    private readonly Dictionary<string, string> _names =
        ports.Named.ToDictionary(pair => pair.Port.ToString(CultureInfo.InvariantCulture), pair => pair.Name, StringComparer.Ordinal);

    private readonly Regex _pattern = new(
        $@"(?<![0-9])({string.Join('|', ports.Named.Select(pair => pair.Port.ToString(CultureInfo.InvariantCulture)))})(?![0-9])");

    public string Apply(string text) =>
        _pattern.Replace(text.Replace(folder, "<folder>", StringComparison.Ordinal), match => _names[match.Value]);
}
