using System.Globalization;
using Discovery.Consul;

namespace Discovery.Infrastructure;

/// <summary>The bodies and the answers that the real Consul gave to them.</summary>
internal static class DecodeTable
{
    public static IEnumerable<(string Shape, byte[] Body, string Error)> Rows()
    {
        using Stream stream = typeof(DecodeTable).Assembly.GetManifestResourceStream("Infrastructure.testdata.decode.tsv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                string[] cells = line.Split('\t');
                yield return (cells[0], Unescape(cells[1]), cells[2]);
            }
        }
    }

    public static string? Decode(string shape, ReadOnlySpan<byte> body) => shape switch
    {
        "service" => GoJson.Decode(body, ServiceBody.Shape, new ServiceBody()),
        "check" => GoJson.Decode(body, CheckBody.Alone, new CheckBody()),
        "update" => GoJson.Decode(body, CheckUpdateBody.Shape, new CheckUpdateBody()),
        "register" => Hinted(GoJson.Decode(body, CatalogRegisterBody.Shape, new CatalogRegisterBody())),
        "deregister" => Hinted(GoJson.Decode(body, CatalogDeregisterBody.Shape, new CatalogDeregisterBody())),
        "coordinate" => GoJson.Decode(body, CoordinateUpdateBody.Shape, new CoordinateUpdateBody()),
        _ => throw new ArgumentOutOfRangeException(nameof(shape)),
    };

    private static string? Hinted(string? error) => error is null ? null : GoJson.WithEnterpriseHint(error);

    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add((byte)text[i]);
            }
            else if (text[++i] == 'x')
            {
                bytes.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
            }
            else
            {
                bytes.Add((byte)text[i]);
            }
        }

        return [.. bytes];
    }
}
