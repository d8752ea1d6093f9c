using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Discovery.Peers.Http;

namespace Discovery.Peers.Tables;

/// <summary>The values that a scenario has taken from one agent's replies, such as the ids of its sessions.</summary>
internal sealed partial class TakenValues
{
    private readonly Dictionary<string, (string Value, bool IsText)> _values = new(StringComparer.Ordinal);

    /// <summary>Takes what a step wants of its reply; what is not there stays unknown, and the reply's comparison tells it.</summary>
    public void Take(Step step, RawReply reply)
    {
        foreach ((string name, string path) in step.Takes)
        {
            if (Find(reply.Body, path) is { } element)
            {
                _values[name] = (element.ToString(), element.ValueKind == JsonValueKind.String);
            }
        }
    }

    /// <summary>The request with the values in their places.</summary>
    public RawRequest Fill(RawRequest request) => request with
    {
        Target = Fill(request.Target),
        Headers = [.. request.Headers.Select(header => (header.Name, Fill(header.Value)))],
        Body = request.Body is null ? null : Fill(request.Body),
    };

    /// <summary>Puts names in the place of the texts that were taken; numbers stay, they are too common.</summary>
    public string Disguise(string text)
    {
        foreach ((string name, (string value, bool isText)) in _values)
        {
            text = isText && value.Length > 0 ? text.Replace(value, $"<{name}>", StringComparison.Ordinal) : text;
        }

        return text;
    }

    private string Fill(string text) => Place().Replace(
        text, match => _values.TryGetValue(match.Groups["name"].Value, out (string Value, bool IsText) taken) ? taken.Value : match.Value);

    private static JsonElement? Find(byte[] body, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement element = document.RootElement;
            foreach (string part in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
            {
                element = int.TryParse(part, CultureInfo.InvariantCulture, out int at) ? element[at] : element.GetProperty(part);
            }

            return element.Clone();
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\$\{(?<name>[a-z]+)\}")]
    private static partial Regex Place();
}
