using System.Globalization;

namespace Discovery.Node.ConsulDialect;

/// <summary>The flags of <c>agent</c>, read: one or two dashes, the value after an equals sign or as the next word.</summary>
/// <remarks>A boolean flag takes its value only after an equals sign, and needs none. Flags that hold lists or maps repeat.</remarks>
internal sealed class CommandLine
{
    private static readonly string[] s_true = ["1", "t", "T", "TRUE", "true", "True"];
    private static readonly string[] s_false = ["0", "f", "F", "FALSE", "false", "False"];

    private readonly ConfigObject _values = new();
    private readonly ConfigObject _lists = new();
    private readonly List<string> _paths = [];
    private readonly List<string> _fragments = [];

    private CommandLine()
    {
    }

    /// <summary>Whether the node is for trying out: in memory, on loopback, a server of its own.</summary>
    public bool IsDev { get; private set; }

    /// <summary>What to read files as, whatever their names end in; null: by their names.</summary>
    public string? Format { get; private set; }

    /// <summary>Files and folders of configuration, in the order given.</summary>
    public IReadOnlyList<string> Paths => _paths;

    /// <summary>HCL texts given by flags.</summary>
    public IReadOnlyList<string> Fragments => _fragments;

    /// <summary>What flags set that replaces what files say.</summary>
    public ConfigObject Values => _values;

    /// <summary>What flags set that comes before what files add.</summary>
    public ConfigObject Lists => _lists;

    /// <summary>The flags that have a configuration key, in ordinal order.</summary>
    public static IReadOnlyList<(string Flag, string Path, ValueKind Kind)> Flags { get; } =
        [.. Collect(DialectTable.Root).OrderBy(static flag => flag.Flag, StringComparer.Ordinal)];

    /// <exception cref="DialectException">A flag is unknown or has no proper value, or there is a word that is no flag.</exception>
    public static CommandLine Parse(IReadOnlyList<string> words)
    {
        var made = new CommandLine();
        int at = 0;
        while (at < words.Count)
        {
            string word = words[at];
            if (word == "--" || !word.StartsWith('-') || word == "-")
            {
                string[] extra = [.. words.Skip(word == "--" ? at + 1 : at)];
                throw extra.Length > 0 ? new DialectException($"Unexpected extra arguments: [{string.Join(' ', extra)}]")
                    : new DialectException("flags end with the last flag, not with --");
            }

            at++;
            string flag = word.StartsWith("--", StringComparison.Ordinal) ? word[2..] : word[1..];
            int equals = flag.IndexOf('=', StringComparison.Ordinal);
            string? value = equals < 0 ? null : flag[(equals + 1)..];
            flag = equals < 0 ? flag : flag[..equals];
            (string path, ValueKind kind) = Find(flag);
            if (value is null && kind != ValueKind.Bool)
            {
                value = at < words.Count ? words[at++] : throw new DialectException($"flag needs an argument: -{flag}");
            }

            made.Take(flag, path, kind, value ?? "true");
        }

        return made;
    }

    private static (string Path, ValueKind Kind) Find(string flag)
    {
        switch (flag)
        {
            case "dev":
                return ("", ValueKind.Bool);
            case "config-file" or "config-dir" or "config-format" or "hcl":
                return ("", ValueKind.Text);
            default:
                int at = Flags.TakeWhile(known => known.Flag != flag).Count();
                return at < Flags.Count ? (Flags[at].Path, Flags[at].Kind)
                    : throw new DialectException($"flag provided but not defined: -{flag}");
        }
    }

    private static IEnumerable<(string Flag, string Path, ValueKind Kind)> Collect(KeyShape shape)
    {
        foreach (DialectKey key in shape.Keys)
        {
            if (key.Flag.Length > 0)
            {
                yield return (key.Flag, key.Path, key.Kind);
            }
            else if (key.Kind == ValueKind.Object && key.Path is not ("service" or "check"))
            {
                foreach (var inner in Collect(key.Shape!))
                {
                    yield return inner;
                }
            }
        }
    }

    private void Take(string flag, string path, ValueKind kind, string value)
    {
        switch (flag)
        {
            case "dev":
                IsDev = ToBool(flag, value);
                break;
            case "config-file" or "config-dir":
                _paths.Add(value);
                break;
            case "config-format":
                Format = value is "json" or "hcl" ? value
                    : throw new DialectException("config: -config-format must be either 'hcl' or 'json'");
                break;
            case "hcl":
                _fragments.Add(value);
                break;
            default:
                Set(flag, path, kind, value);
                break;
        }
    }

    private void Set(string flag, string path, ValueKind kind, string value)
    {
        ConfigObject owner = kind == ValueKind.Texts ? _lists : _values;
        string[] parts = path.Split('.');
        foreach (string part in parts[..^1])
        {
            owner[part] ??= new ConfigObject();
            owner = (ConfigObject)owner[part]!;
        }

        switch (kind)
        {
            case ValueKind.Texts:
                owner[parts[^1]] = new ConfigList([.. (owner[parts[^1]] as ConfigList)?.Items ?? [], new ConfigText(value)]);
                break;
            case ValueKind.TextMap:
                int colon = value.IndexOf(':', StringComparison.Ordinal);
                owner[parts[^1]] ??= new ConfigObject();
                var map = (ConfigObject)owner[parts[^1]]!;
                map[colon < 0 ? value : value[..colon]] = new ConfigText(colon < 0 ? "" : value[(colon + 1)..]);
                break;
            case ValueKind.Bool:
                owner[parts[^1]] = new ConfigBool(ToBool(flag, value));
                break;
            case ValueKind.Whole:
                owner[parts[^1]] = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
                    ? new ConfigNumber(number, IsWrittenWhole: true)
                    : throw new DialectException(
                        $"invalid value \"{value}\" for flag -{flag}: strconv.Atoi: parsing \"{value}\": invalid syntax");
                break;
            case ValueKind.Duration when GoDuration.TryParse(value, out _) is { } failure:
                throw new DialectException($"invalid value \"{value}\" for flag -{flag}: {failure}");
            default:
                owner[parts[^1]] = new ConfigText(value);
                break;
        }
    }

    private static bool ToBool(string flag, string value) => s_true.Contains(value, StringComparer.Ordinal)
        || (s_false.Contains(value, StringComparer.Ordinal) ? false : throw new DialectException(
            $"invalid boolean value \"{value}\" for -{flag}: strconv.ParseBool: parsing \"{value}\": invalid syntax"));
}
