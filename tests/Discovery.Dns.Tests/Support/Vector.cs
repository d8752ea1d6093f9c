using System.Globalization;

namespace Discovery.Support;

/// <summary>One question of testdata/vectors.txt with the options that it is asked under.</summary>
internal sealed record Vector(string Number, string Name, string Type)
{
    private const string SubnetOf1230 = "0008000700011800010203";

    public int? Size { get; init; }

    public bool IsDo { get; init; }

    public bool HasSubnet { get; init; }

    public bool IsTcp { get; init; }

    public bool IsInMaintenance { get; init; }

    public int Class { get; init; } = 1;

    public IReadOnlyList<KeyValuePair<string, string>> Options { get; init; } = [];

    public byte[] Packet => QueryBuilder.Make(
        Name, QueryBuilder.TypeOf(Type), Size, IsDo, optData: HasSubnet ? SubnetOf1230 : "", kind: Class);

    public static Vector Parse(string line)
    {
        string[] words = line[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var options = new List<KeyValuePair<string, string>>();
        var vector = new Vector(words[0], words[1], words[2]);
        foreach (string word in words[3..])
        {
            int equals = word.LastIndexOf('=');
            string key = equals < 0 ? word : word[..equals];
            string value = word[(equals + 1)..];
            vector = key switch
            {
                "edns" => vector with { Size = int.Parse(value, CultureInfo.InvariantCulture) },
                "do" => vector with { IsDo = true },
                "ecs" => vector with { HasSubnet = true },
                "tcp" => vector with { IsTcp = true },
                "class" => vector with { Class = int.Parse(value, CultureInfo.InvariantCulture) },
                "maintenance" => vector with { IsInMaintenance = true },
                _ => vector with { Options = [.. vector.Options, new(key, value)] },
            };
        }

        return vector;
    }

    /// <summary>Sets the options of the question.</summary>
    public void Apply(DnsOptions options)
    {
        foreach ((string key, string value) in Options)
        {
            switch (key)
            {
                case "OnlyPassing": options.OnlyPassing = true; break;
                case "EnableTruncate": options.EnableTruncate = true; break;
                case "DisableCompression": options.DisableCompression = true; break;
                case "EnableAdditionalNodeMetaTxt": options.EnableAdditionalNodeMetaTxt = false; break;
                case "UdpAnswerLimit": options.UdpAnswerLimit = int.Parse(value, CultureInfo.InvariantCulture); break;
                case "ARecordLimit": options.ARecordLimit = int.Parse(value, CultureInfo.InvariantCulture); break;
                case "AltDomain": options.AltDomain = value; break;
                case "NodeTtl": options.NodeTtl = TimeSpan.Parse(value, CultureInfo.InvariantCulture); break;
                case "Soa:MinTtl": options.Soa.MinTtl = TimeSpan.Parse(value, CultureInfo.InvariantCulture); break;
                case "Recursors": options.Recursors.Add("127.0.0.1:1"); break;
                default:
                    options.ServiceTtl[key["ServiceTtl:".Length..]] = TimeSpan.Parse(value, CultureInfo.InvariantCulture);
                    break;
            }
        }
    }
}
