using System.Globalization;

namespace Discovery.Node.ConsulDialect;

/// <summary>One value of a configuration file, as written: JSON and HCL alike.</summary>
internal abstract record ConfigValue
{
    /// <summary>The type's name in Consul's error texts.</summary>
    public abstract string GoType { get; }

    /// <summary>The kind's name in Consul's error texts.</summary>
    public virtual string GoKind => GoType;
}

/// <summary>An explicit null: the same as leaving the key out.</summary>
internal sealed record ConfigNull : ConfigValue
{
    public static ConfigNull Instance { get; } = new();

    public override string GoType => "nil";
}

internal sealed record ConfigText(string Text) : ConfigValue
{
    public override string GoType => "string";
}

internal sealed record ConfigBool(bool IsTrue) : ConfigValue
{
    public override string GoType => "bool";
}

/// <summary>A number; HCL tells whole ones from others, JSON does not.</summary>
internal sealed record ConfigNumber(double Number, bool IsWrittenWhole = false) : ConfigValue
{
    public override string GoType => IsWrittenWhole ? "int" : "float64";

    public string Text => Number.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A list; <see cref="IsOfBlocks"/> when it is what HCL makes of one or several blocks of the same name.</summary>
internal sealed record ConfigList(IReadOnlyList<ConfigValue> Items, bool IsOfBlocks = false) : ConfigValue
{
    public override string GoType => IsOfBlocks ? "[]map[string]interface {}" : "[]interface {}";

    public override string GoKind => "slice";
}

/// <summary>Keys and values in the order written; of a key written twice only the last value.</summary>
internal sealed record ConfigObject : ConfigValue
{
    private readonly List<KeyValuePair<string, ConfigValue>> _entries = [];

    public override string GoType => "map[string]interface {}";

    public override string GoKind => "map";

    public IReadOnlyList<KeyValuePair<string, ConfigValue>> Entries => _entries;

    /// <summary>The value of a key, or null.</summary>
    public ConfigValue? this[string key]
    {
        get => Find(key) is var at and >= 0 ? _entries[at].Value : null;
        set
        {
            var entry = new KeyValuePair<string, ConfigValue>(key, value!);
            if (Find(key) is var at and >= 0)
            {
                _entries[at] = entry;
            }
            else
            {
                _entries.Add(entry);
            }
        }
    }

    private int Find(string key) => _entries.FindIndex(entry => string.Equals(entry.Key, key, StringComparison.Ordinal));
}
