using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;

namespace Discovery.Shared.Tests;

/// <summary>One Python process with independent implementations, asked over its standard streams. See oracle/oracle.py.</summary>
public sealed class PythonOracle : IDisposable
{
    private readonly Process? _process;
    private readonly string _missing = "";

    public PythonOracle()
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "oracle", "oracle.py"));
        try
        {
            _process = Process.Start(start)!;
            _missing = System.Text.Encoding.UTF8.GetString(ReadItems()[0]);
        }
        catch (Exception error) when (error is Win32Exception or EndOfStreamException)
        {
            _missing = error.Message;
        }
    }

    /// <summary>Skips the test where the oracle is missing, and fails it where it may not be.</summary>
    public void Require()
    {
        if (_missing.Length == 0)
        {
            return;
        }

        string text = $"needs /usr/bin/python3 with python3-msgpack and python3-lz4: {_missing}";
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", text);
        Skip.If(true, text);
    }

    public List<byte[]> Ask(char letter, IReadOnlyCollection<byte[]> items)
    {
        Stream input = _process!.StandardInput.BaseStream;
        using var request = new MemoryStream();
        Span<byte> size = stackalloc byte[4];
        foreach (byte[] item in items)
        {
            BinaryPrimitives.WriteInt32BigEndian(size, item.Length);
            request.Write(size);
            request.Write(item);
        }

        BinaryPrimitives.WriteInt32BigEndian(size, (int)request.Length);
        input.WriteByte((byte)letter);
        input.Write(size);
        request.WriteTo(input);
        input.Flush();
        return ReadItems();
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    private List<byte[]> ReadItems()
    {
        Stream output = _process!.StandardOutput.BaseStream;
        var size = new byte[4];
        output.ReadExactly(size);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        output.ReadExactly(body);
        var items = new List<byte[]>();
        for (int at = 0; at < body.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at));
            items.Add(body.AsSpan(at + 4, length).ToArray());
            at += 4 + length;
        }

        return items;
    }
}
