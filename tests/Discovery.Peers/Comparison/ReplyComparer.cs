using System.Text.Json;
using System.Text.RegularExpressions;
using Discovery.Peers.Http;

namespace Discovery.Peers.Comparison;

/// <summary>
/// Compares the replies of two agents to the same request: status, header lines, and the body, JSON by its fields (their order, the
/// order of arrays, types, the spelling of numbers and strings) and everything else by its text.
/// </summary>
/// <remarks>One comparer sees all replies of one scenario, because indexes are related to each other.</remarks>
/// <param name="scenario">Its name.</param>
/// <param name="rules">What is judged by something else than its text.</param>
/// <param name="ours">What is our agent's own.</param>
/// <param name="theirs">What is the other agent's own.</param>
/// <param name="start">The indexes of both agents before the scenario.</param>
internal sealed partial class ReplyComparer(
    string scenario, ComparisonRules rules, Disguise ours, Disguise theirs, (ulong Ours, ulong Theirs) start = default)
{
    public const string Missing = "missing";
    private const int TextMax = 160;
    private const string IndexHeader = "header X-Consul-Index";
    private static readonly string[] s_framing = ["Date", "Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive"];
    private readonly IndexRelation _indexes = new(start);
    private readonly Dictionary<string, IndexRelation> _positions = new(StringComparer.Ordinal);
    private readonly IndexRelation _identities = IndexRelation.OfEquality();
    private readonly List<Difference> _differences = [];
    private string _request = "";

    public IReadOnlyList<Difference> Compare(string request, RawReply our, RawReply their)
    {
        _request = request;
        _differences.Clear();
        if (our.Status != their.Status)
        {
            Tell("status", $"{our.Status}", $"{their.Status}");
        }

        CompareHeaders(our, their);
        CompareBodies(our, their);
        return [.. _differences];
    }

    private void CompareHeaders(RawReply our, RawReply their)
    {
        Dictionary<string, string> ourHeaders = Headers(our);
        Dictionary<string, string> theirHeaders = Headers(their);
        foreach (string name in ourHeaders.Keys.Union(theirHeaders.Keys).Order(StringComparer.Ordinal))
        {
            string ourValue = ourHeaders.TryGetValue(name, out string? one) ? one : Missing;
            string theirValue = theirHeaders.TryGetValue(name, out string? other) ? other : Missing;
            CompareValues("header " + name, ours.Apply(ourValue), theirs.Apply(theirValue));
        }
    }

    private static Dictionary<string, string> Headers(RawReply reply) => reply.Headers
        .Where(header => !s_framing.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
        .GroupBy(header => header.Name, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => string.Join(" ; ", group.Select(header => header.Value)), StringComparer.Ordinal);

    private void CompareBodies(RawReply our, RawReply their)
    {
        using JsonDocument? ourJson = Read(our.Body);
        using JsonDocument? theirJson = Read(their.Body);
        if (ourJson is null || theirJson is null)
        {
            CompareValues("body", ours.Apply(our.Text), theirs.Apply(their.Text));
            return;
        }

        if (Layout(our.Text) != Layout(their.Text))
        {
            Tell("body layout", Layout(our.Text), Layout(their.Text));
        }

        CompareElements("body", ourJson.RootElement, theirJson.RootElement);
        if (our.Header("X-Consul-Index") is { } ourIndex && their.Header("X-Consul-Index") is { } theirIndex)
        {
            string ourPlace = Place(ourIndex, start.Ours, ourJson.RootElement);
            string theirPlace = Place(theirIndex, start.Theirs, theirJson.RootElement);
            if (ourPlace != theirPlace)
            {
                Tell(IndexHeader + " and rows", ourPlace, theirPlace);
            }
        }
    }

    /// <summary>How the position of a reply lies to the latest change of the rows in it.</summary>
    private static string Place(string index, ulong start, JsonElement body)
    {
        ulong latest = Latest(body);
        return !ulong.TryParse(index, out ulong position) ? "no number"
            : latest == 0 ? "no rows"
            : position <= start ? "from before the scenario"
            : position == latest ? "the latest row's"
            : position > latest ? "later than all rows"
            : "earlier than a row";
    }

    private static ulong Latest(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(one =>
            one.Name == "ModifyIndex" && one.Value.TryGetUInt64(out ulong index) ? index : Latest(one.Value)).DefaultIfEmpty().Max(),
        JsonValueKind.Array => element.EnumerateArray().Select(Latest).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private static JsonDocument? Read(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Layout(string text) =>
        (text.TrimEnd('\n').Contains('\n', StringComparison.Ordinal) ? "indented" : "compact")
        + (text.EndsWith('\n') ? " with newline" : "");

    private void CompareElements(string field, JsonElement our, JsonElement their)
    {
        ValueKind kind = rules.Find(_request, field);
        if (kind is ValueKind.Ignored)
        {
            return;
        }

        if (our.ValueKind == their.ValueKind && our.ValueKind == JsonValueKind.Object && kind != ValueKind.Any)
        {
            CompareObjects(field, our, their);
        }
        else if (our.ValueKind == their.ValueKind && our.ValueKind == JsonValueKind.Array && kind != ValueKind.Any)
        {
            CompareArrays(field, our, their, kind == ValueKind.Unordered);
        }
        else
        {
            CompareValues(field, ours.Apply(our.GetRawText()), theirs.Apply(their.GetRawText()));
        }
    }

    private void CompareObjects(string field, JsonElement our, JsonElement their)
    {
        List<JsonProperty> ourFields = Fields(field, our);
        List<JsonProperty> theirFields = Fields(field, their);
        string[] ourNames = [.. ourFields.Select(one => ours.Apply(one.Name))];
        string[] theirNames = [.. theirFields.Select(one => theirs.Apply(one.Name))];
        foreach (string name in theirNames.Except(ourNames, StringComparer.Ordinal))
        {
            Tell($"{field}.{name}", Missing, theirs.Apply(theirFields[Array.IndexOf(theirNames, name)].Value.GetRawText()));
        }

        foreach (string name in ourNames.Except(theirNames, StringComparer.Ordinal))
        {
            Tell($"{field}.{name}", ours.Apply(ourFields[Array.IndexOf(ourNames, name)].Value.GetRawText()), Missing);
        }

        string[] ourCommon = [.. ourNames.Where(name => theirNames.Contains(name, StringComparer.Ordinal))];
        string[] theirCommon = [.. theirNames.Where(name => ourNames.Contains(name, StringComparer.Ordinal))];
        if (!ourCommon.SequenceEqual(theirCommon, StringComparer.Ordinal))
        {
            Tell(field + " order", string.Join(' ', ourCommon), string.Join(' ', theirCommon));
        }

        foreach (string name in theirCommon)
        {
            CompareElements(
                $"{field}.{name}", ourFields[Array.IndexOf(ourNames, name)].Value, theirFields[Array.IndexOf(theirNames, name)].Value);
        }
    }

    private List<JsonProperty> Fields(string field, JsonElement element) =>
        [.. element.EnumerateObject().Where(one => rules.Find(_request, $"{field}.{one.Name}") != ValueKind.Ignored)];

    private void CompareArrays(string field, JsonElement our, JsonElement their, bool isUnordered)
    {
        List<(string Text, JsonElement Element)> ourItems = Items(field, our, ours);
        List<(string Text, JsonElement Element)> theirItems = Items(field, their, theirs);
        if (isUnordered)
        {
            ourItems.Sort((one, other) => string.CompareOrdinal(one.Text, other.Text));
            theirItems.Sort((one, other) => string.CompareOrdinal(one.Text, other.Text));
        }

        if (ourItems.Count != theirItems.Count)
        {
            Tell($"{field} length", $"{ourItems.Count}: {Names(ourItems)}", $"{theirItems.Count}: {Names(theirItems)}");
            return;
        }

        string[] ourTexts = [.. ourItems.Select(item => item.Text)];
        string[] theirTexts = [.. theirItems.Select(item => item.Text)];
        if (!ourTexts.SequenceEqual(theirTexts, StringComparer.Ordinal) &&
            ourTexts.Order(StringComparer.Ordinal).SequenceEqual(theirTexts.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            Tell($"{field} order", Names(ourItems), Names(theirItems));
            return;
        }

        for (int at = 0; at < ourItems.Count; at++)
        {
            CompareElements($"{field}[{at}]", ourItems[at].Element, theirItems[at].Element);
        }
    }

    private List<(string Text, JsonElement Element)> Items(string field, JsonElement array, Disguise disguise) =>
        [.. array.EnumerateArray().Select((item, at) => (Text: Canonical($"{field}[{at}]", item, disguise), item))
            .Where(item => item.Text.Length > 0)];

    /// <summary>The text of an element with the values that rules judge left out; empty for one that is ignored.</summary>
    private string Canonical(string field, JsonElement element, Disguise disguise)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            string text = "{" + string.Join(',', element.EnumerateObject()
                .Select(one => (one.Name, Text: Canonical($"{field}.{one.Name}", one.Value, disguise)))
                .Where(one => one.Text.Length > 0).Select(one => $"{one.Name}:{one.Text}")) + "}";
            return rules.Find(_request, $"{field}{Identify(element)}") == ValueKind.Ignored ? "" : text;
        }

        if (element.ValueKind == JsonValueKind.Array)
        {
            IEnumerable<string> items = element.EnumerateArray().Select((item, at) => Canonical($"{field}[{at}]", item, disguise));
            return rules.Find(_request, field) switch
            {
                ValueKind.Any => "<any>",
                ValueKind.Unordered => "[" + string.Join(',', items.Order(StringComparer.Ordinal)) + "]",
                _ => "[" + string.Join(',', items) + "]",
            };
        }

        ValueKind kind = rules.Find(_request, field);
        return kind switch
        {
            ValueKind.Exact or ValueKind.Unordered => disguise.Apply(element.GetRawText()),
            ValueKind.Ignored => "",
            _ => "<" + kind + ">",
        };
    }

    private static string Identify(JsonElement element) =>
        element.TryGetProperty("Node", out JsonElement node) && node.ValueKind == JsonValueKind.String ? $"(Node={node.GetString()})" : "";

    private static string Names(List<(string Text, JsonElement Element)> items) =>
        string.Join(' ', items.Select(item => Name(item.Element)));

    private static string Name(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return element.GetRawText();
        }

        string[] keys = ["Node", "Name", "Service", "ID", "ServiceID", "CheckID", "CheckId"];
        IEnumerable<string> parts =
            keys.Where(key => element.TryGetProperty(key, out _)).Select(key => Name(element.GetProperty(key)).Trim('"'));
        return string.Join('/', parts.Where(part => part.Length > 0).Distinct(StringComparer.Ordinal));
    }

    private void CompareValues(string field, string our, string their)
    {
        ValueKind kind = rules.Find(_request, field);
        if (kind is ValueKind.Ignored)
        {
            return;
        }

        if (kind is ValueKind.Exact or ValueKind.Unordered
            || !ComparisonRules.IsOfKind(kind, our) || !ComparisonRules.IsOfKind(kind, their))
        {
            if (our != their)
            {
                Tell(field, our, their);
            }
        }
        else if (kind is ValueKind.Index or ValueKind.Identity)
        {
            IndexRelation relation = kind == ValueKind.Identity ? _identities : field == IndexHeader ? Position() : _indexes;
            if (relation.Add(our, their, $"{field} of {_request}") is { } wrong)
            {
                Tell(field, wrong.Ours, wrong.Theirs);
            }
        }
        else if (kind == ValueKind.Numbered && Numbers().Replace(our, "#") != Numbers().Replace(their, "#"))
        {
            Tell(field, our, their);
        }
        else if (kind == ValueKind.Any && our[0] != their[0] && !(char.IsAsciiDigit(our[0]) && char.IsAsciiDigit(their[0])))
        {
            Tell(field, our, their);
        }
    }

    /// <summary>The positions of one query: those of others depend on how precisely an agent tells what concerns a query.</summary>
    private IndexRelation Position()
    {
        string target = _request.Split(' ')[1];
        if (!_positions.TryGetValue(target, out IndexRelation? relation))
        {
            _positions[target] = relation = new IndexRelation(start);
        }

        return relation;
    }

    private void Tell(string field, string our, string their) =>
        _differences.Add(new Difference(scenario, _request, field, Short(our), Short(their)));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();

    private static string Short(string text) => text.Length <= TextMax ? text : text[..TextMax] + "...";
}
