using System.Globalization;

namespace Discovery.Node.ConsulDialect;

/// <summary>Goes through a merged configuration along the table: copies mapped keys, warns of ignored ones, once each.</summary>
internal sealed class KeyWalk(Settings settings, IDictionary<string, string?> keys, ICollection<string> warnings)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public void Run(ConfigObject root) => Walk(root, DialectTable.Root, "");

    private void Walk(ConfigObject map, KeyShape shape, string prefix)
    {
        foreach ((string name, ConfigValue value) in map.Entries)
        {
            DialectKey key = shape.Find(name)!;
            string path = prefix + name;
            switch (key.Handling)
            {
                case Handling.Mapped:
                    Copy(key, value, path);
                    break;
                case Handling.Ignored when !IsEmpty(value):
                    Ignore(key, value, path);
                    break;
                case Handling.Composed when key.Kind is ValueKind.Object or ValueKind.Objects:
                    foreach (ConfigObject below in Objects(value))
                    {
                        Walk(below, key.Shape!, $"{path}.");
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static IEnumerable<ConfigObject> Objects(ConfigValue value) =>
        value is ConfigList list ? list.Items.OfType<ConfigObject>() : [(ConfigObject)value];

    private void Copy(DialectKey key, ConfigValue value, string path)
    {
        string target = $"Discovery:{key.Target}";
        switch (value)
        {
            case ConfigText { Text.Length: 0 }:
                break;
            case ConfigText text when key.Kind == ValueKind.Duration:
                Set(target, settings.ParseDuration(text.Text, path));
                break;
            case ConfigText text:
                keys[target] = text.Text;
                break;
            case ConfigBool flag:
                keys[target] = flag.IsTrue ? "true" : "false";
                break;
            case ConfigNumber number when key.IsInSeconds:
                Set(target, TimeSpan.FromSeconds(number.Number));
                break;
            case ConfigNumber number:
                keys[target] = number.Text;
                break;
            case ConfigList list:
                for (int i = 0; i < list.Items.Count; i++)
                {
                    keys[string.Create(CultureInfo.InvariantCulture, $"{target}:{i}")] = ((ConfigText)list.Items[i]).Text;
                }

                break;
            case ConfigObject map:
                foreach ((string name, ConfigValue item) in map.Entries)
                {
                    string text = ((ConfigText)item).Text;
                    string one = $"{target}:{name}";
                    if (key.Kind == ValueKind.DurationMap)
                    {
                        Set(one, settings.ParseDuration(text, $"{path}[\"{name}\"]"));
                    }
                    else
                    {
                        keys[one] = text;
                    }
                }

                break;
            default:
                break;
        }
    }

    private void Set(string target, TimeSpan? value)
    {
        if (value is { } duration)
        {
            keys[target] = Settings.Shown(duration);
        }
    }

    private void Ignore(DialectKey key, ConfigValue value, string path)
    {
        if (key.Kind == ValueKind.Duration)
        {
            _ = settings.ParseDuration(((ConfigText)value).Text, path);
        }

        if (_told.Add(path))
        {
            warnings.Add($"The '{path}' field is accepted and has no effect{(key.Remark is { } remark ? $": {remark}" : ".")}");
        }
    }

    private static bool IsEmpty(ConfigValue value) => value switch
    {
        ConfigText text => text.Text.Length == 0,
        ConfigList list => list.Items.Count == 0,
        ConfigObject map => map.Entries.All(static entry => IsEmpty(entry.Value)),
        _ => false,
    };
}
