using System.Globalization;

namespace Discovery.Node.ConsulDialect;

/// <summary>Checks one configuration against the table and gives every key its own name: Consul's rules, and its texts.</summary>
/// <remarks>
/// A list of one stands for its item where no list is wanted, a null for a key that is not there. Types are told before unknown keys, all
/// of them at once.
/// </remarks>
internal sealed class Decoder
{
    private readonly List<string> _failures = [];
    private readonly List<string> _unknown = [];

    private Decoder()
    {
    }

    /// <exception cref="DialectException">A value has the wrong type, or a key is unknown.</exception>
    public static ConfigObject Decode(string file, ConfigObject raw, KeyShape shape)
    {
        var decoder = new Decoder();
        ConfigObject decoded = decoder.ReadObject(raw, shape, "");
        if (decoder._failures.Count > 0)
        {
            decoder._failures.Sort(StringComparer.Ordinal);
            string list = string.Join('\n', decoder._failures.Select(static failure => $"* {failure}"));
            throw DialectException.InFile(file, $"{decoder._failures.Count} error(s) decoding:\n\n{list}");
        }

        if (decoder._unknown.Count > 0)
        {
            decoder._unknown.Sort(StringComparer.Ordinal);
            throw DialectException.InFile(
                file, DialectException.List([.. decoder._unknown.Select(static key => $"invalid config key {key}")]));
        }

        return decoded;
    }

    private ConfigObject ReadObject(ConfigObject raw, KeyShape shape, string path)
    {
        var made = new ConfigObject();
        foreach ((string name, ConfigValue value) in raw.Entries)
        {
            if (shape.Find(name) is not { } key)
            {
                _unknown.Add(path + name);
            }
            else if (Read(value, key, path + key.Name) is { } read)
            {
                made[key.Name] = read;
            }
        }

        return made;
    }

    private ConfigValue? Read(ConfigValue value, DialectKey key, string path) => key.Kind switch
    {
        _ when value is ConfigNull => null,
        ValueKind.Any => value,
        ValueKind.Texts => ReadList(value, path, (item, at) => Scalar(item, ValueKind.Text, at)),
        ValueKind.Objects => ReadList(value, path, (item, at) => ReadMap(item, at, (map, _) => ReadObject(map, key.Shape!, at + "."))),
        ValueKind.AnyMaps => ReadList(value, path, (item, at) => ReadMap(item, at, static (map, _) => map)),
        ValueKind.Object => ReadMap(value, path, (map, _) => ReadObject(map, key.Shape!, path + ".")),
        ValueKind.AnyMap => ReadMap(value, path, static (map, _) => map),
        ValueKind.TextMap or ValueKind.DurationMap =>
            ReadMap(value, path, (map, _) => ReadItems(map, path, (item, at) => Scalar(item, ValueKind.Text, at))),
        ValueKind.TextsMap => ReadMap(value, path, (map, _) => ReadItems(
            map, path, (item, at) => ReadList(item, at, (one, oneAt) => Scalar(one, ValueKind.Text, oneAt)))),
        ValueKind.ObjectMap => ReadMap(value, path, (map, _) => ReadItems(
            map, path, (item, at) => ReadMap(item, at, (inner, _) => ReadObject(inner, key.Shape!, at + ".")))),
        _ => Scalar(value, key.Kind, path),
    };

    private ConfigList? ReadList(ConfigValue value, string path, Func<ConfigValue, string, ConfigValue?> read)
    {
        if (value is not ConfigList list)
        {
            _failures.Add($"'{path}': source data must be an array or slice, got {value.GoKind}");
            return null;
        }

        var items = new List<ConfigValue>();
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] is not ConfigNull
                && read(list.Items[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")) is { } item)
            {
                items.Add(item);
            }
        }

        return new ConfigList(items);
    }

    private ConfigObject? ReadMap(ConfigValue value, string path, Func<ConfigObject, string, ConfigObject> read)
    {
        if (Unwrapped(value) is ConfigObject map)
        {
            return read(map, path);
        }

        _failures.Add($"'{path}' expected a map, got '{Unwrapped(value).GoKind}'");
        return null;
    }

    private static ConfigObject ReadItems(ConfigObject map, string path, Func<ConfigValue, string, ConfigValue?> read)
    {
        var made = new ConfigObject();
        foreach ((string name, ConfigValue item) in map.Entries)
        {
            if (item is not ConfigNull && read(item, $"{path}[{name}]") is { } one)
            {
                made[name] = one;
            }
        }

        return made;
    }

    private ConfigValue? Scalar(ConfigValue value, ValueKind kind, string path)
    {
        ConfigValue given = Unwrapped(value);
        bool isUnsigned = kind is ValueKind.Unsigned or ValueKind.Unsigned32 or ValueKind.Unsigned64;
        switch (given)
        {
            case ConfigNull:
                return null;
            case ConfigText when kind is ValueKind.Text or ValueKind.Duration:
            case ConfigBool when kind is ValueKind.Bool:
            case ConfigNumber when kind is ValueKind.Number:
                return given;
            case ConfigNumber number when isUnsigned && number.Number < 0:
                string shown = number.Number.ToString(number.IsWrittenWhole ? "F0" : "F6", CultureInfo.InvariantCulture);
                _failures.Add($"cannot parse '{path}', {shown} overflows uint");
                return null;
            case ConfigNumber number when isUnsigned || kind is ValueKind.Whole:
                return new ConfigNumber(Math.Truncate(number.Number), IsWrittenWhole: true);
            default:
                _failures.Add($"'{path}' expected type '{GoName(kind)}', got unconvertible type '{given.GoType}'");
                return null;
        }
    }

    private static ConfigValue Unwrapped(ConfigValue value) =>
        value is ConfigList { Items: [var only] } ? Unwrapped(only) : value;

    private static string GoName(ValueKind kind) => kind switch
    {
        ValueKind.Bool => "bool",
        ValueKind.Whole => "int",
        ValueKind.Unsigned => "uint",
        ValueKind.Unsigned32 => "uint32",
        ValueKind.Unsigned64 => "uint64",
        ValueKind.Number => "float64",
        _ => "string",
    };
}
