using System.Globalization;

namespace Discovery.Node.ConsulDialect;

/// <summary>Reads single values of a merged configuration, and collects what is wrong with them.</summary>
internal sealed class Settings(ConfigObject root, List<string> failures)
{
    public IReadOnlyList<string> Failures => failures;

    public void Fail(string failure) => failures.Add(failure);

    public ConfigValue? Find(string path)
    {
        ConfigValue? at = root;
        foreach (string part in path.Split('.'))
        {
            at = (at as ConfigObject)?[part];
        }

        return at;
    }

    public Settings Below(ConfigObject inner) => new(inner, failures);

    public string Text(string path) => (Find(path) as ConfigText)?.Text ?? "";

    public string? TextOrNull(string path) => Text(path) is { Length: > 0 } text ? text : null;

    public bool Bool(string path, bool unset = false) => (Find(path) as ConfigBool)?.IsTrue ?? unset;

    public int Whole(string path, int unset = 0) => Find(path) is ConfigNumber number ? ToInt(number) : unset;

    public IReadOnlyList<string> Texts(string path) => Find(path) is ConfigList list ? Texts(list) : [];

    public IEnumerable<ConfigObject> Objects(string path) => (Find(path) as ConfigList)?.Items.Cast<ConfigObject>() ?? [];

    public IReadOnlyList<KeyValuePair<string, ConfigValue>> Entries(string path) => (Find(path) as ConfigObject)?.Entries ?? [];

    /// <summary>A duration, or null when there is none or it is no duration, which is told under the given name.</summary>
    public TimeSpan? Duration(string path, string? shown = null) =>
        TextOrNull(path) is { } text ? ParseDuration(text, shown ?? path) : null;

    public TimeSpan? ParseDuration(string text, string shown)
    {
        if (text.Length == 0)
        {
            return TimeSpan.Zero;
        }

        if (GoDuration.TryParse(text, out TimeSpan value) is not { } failure)
        {
            return value;
        }

        failures.Add($"{shown}: invalid duration: \"{text}\": {failure}");
        return null;
    }

    public static IReadOnlyList<string> Texts(ConfigList list) => [.. list.Items.Cast<ConfigText>().Select(static item => item.Text)];

    public static int ToInt(ConfigNumber number) => (int)Math.Clamp(number.Number, int.MinValue, int.MaxValue);

    public static string Shown(TimeSpan value) => value.ToString("c", CultureInfo.InvariantCulture);
}
