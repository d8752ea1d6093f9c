using System.Globalization;
using System.Text.RegularExpressions;
using Discovery.Peers.Processes;
using Discovery.Peers.Tables;

namespace Discovery.Peers.Comparison;

/// <summary>Puts names in the place of what is one agent's own: its ports, its folder and what a scenario has taken from it.</summary>
internal sealed class Disguise(AgentPorts ports, string folder, TakenValues? taken = null)
{
    private readonly Dictionary<string, string> _names =
        ports.Named.ToDictionary(pair => pair.Port.ToString(CultureInfo.InvariantCulture), pair => pair.Name, StringComparer.Ordinal);

    private readonly Regex _pattern = new(
        $@"(?<![0-9])({string.Join('|', ports.Named.Select(pair => pair.Port.ToString(CultureInfo.InvariantCulture)))})(?![0-9])");

    public string Apply(string text) => _pattern.Replace(
        (taken?.Disguise(text) ?? text).Replace(folder, "<folder>", StringComparison.Ordinal), match => _names[match.Value]);
}
