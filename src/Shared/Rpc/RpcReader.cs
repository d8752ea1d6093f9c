using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>Reads bodies of calls as HashiCorp's codec does: nil is the zero value, unknown fields are passed over.</summary>
/// <remarks>Every value that is there and of the wrong kind ends the whole by a <see cref="RpcBodyException"/>.</remarks>
/// <param name="body">The bytes of one value.</param>
internal ref struct RpcReader(ReadOnlySpan<byte> body)
{
    private MessagePackReader _reader = new(body);

    /// <summary>Reads a body; nil is an object with nothing in it.</summary>
    /// <exception cref="RpcBodyException">It is none.</exception>
    public static T Read<T>(ReadOnlySpan<byte> body, RpcShape<T> shape)
        where T : class, new()
    {
        var reader = new RpcReader(body);
        var target = new T();
        reader.ReadObject(shape, target);
        return target;
    }

    public void ReadObject<T>(RpcShape<T> shape, T target)
        where T : class
    {
        if (_reader.TryReadNil())
        {
            return;
        }

        if (_reader.TryReadMapHeader(out int pairs))
        {
            for (int i = 0; i < pairs; i++)
            {
                ReadPair(shape, target);
            }
        }
        else if (_reader.TryReadArrayHeader(out int values))
        {
            for (int i = 0; i < values; i++)
            {
                ReadField(i < shape.Fields.Count ? shape.Fields[i] : null, target);
            }
        }
        else
        {
            throw new RpcBodyException("codec.decoder: Only encoded map or array can be decoded into a struct.");
        }
    }

    public void ReadOptional<T>(RpcShape<T> shape, ref T? value)
        where T : class, new()
    {
        value = new T();
        ReadObject(shape, value);
    }

    public void ReadList<T>(RpcShape<T> shape, ref List<T?>? list)
        where T : class, new()
    {
        int count = ReadCount();
        list = new List<T?>(count);
        for (int i = 0; i < count; i++)
        {
            T? one = null;
            if (!_reader.TryReadNil())
            {
                ReadOptional(shape, ref one);
            }

            list.Add(one);
        }
    }

    public void ReadText(ref string text) => text = Encoding.UTF8.GetString(ReadTextBytes());

    /// <summary>A text that must be UTF-8.</summary>
    public void ReadUtf8(ref string text)
    {
        ReadOnlySpan<byte> bytes = ReadTextBytes();
        text = System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Wrong("a string in UTF-8");
    }

    /// <summary>A text as it is.</summary>
    public void ReadKey(ref byte[] key) => key = ReadTextBytes().ToArray();

    public void ReadTexts(ref List<string>? texts)
    {
        int count = ReadCount();
        texts = new List<string>(count);
        for (int i = 0; i < count; i++)
        {
            string one = "";
            if (!_reader.TryReadNil())
            {
                ReadText(ref one);
            }

            texts.Add(one);
        }
    }

    /// <summary>Bytes, as a peer may write them: string, binary, or an array of small integers.</summary>
    public void ReadBytes(ref byte[] bytes)
    {
        _reader.OldSpec = true;
        bool isBlob = _reader.TryReadBytes(out ReadOnlySpan<byte> blob);
        _reader.OldSpec = false;
        if (isBlob)
        {
            bytes = blob.ToArray();
            return;
        }

        bytes = new byte[ReadCount()];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (!_reader.TryReadByte(out bytes[i]))
            {
                throw Wrong("a byte");
            }
        }
    }

    public void ReadMap(ref Dictionary<string, string>? map)
    {
        int count = ReadMapCount();
        map = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            (string key, string value) = ("", "");
            ReadText(ref key);
            if (!_reader.TryReadNil())
            {
                ReadText(ref value);
            }

            map[key] = value;
        }
    }

    public void ReadMap(ref Dictionary<string, List<string>?>? map)
    {
        int count = ReadMapCount();
        map = new Dictionary<string, List<string>?>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string key = "";
            List<string>? value = null;
            ReadText(ref key);
            if (!_reader.TryReadNil())
            {
                ReadTexts(ref value);
            }

            map[key] = value;
        }
    }

    public void ReadMap<T>(RpcShape<T> shape, ref Dictionary<string, T>? map)
        where T : class, new()
    {
        int count = ReadMapCount();
        map = new Dictionary<string, T>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string key = "";
            var value = new T();
            ReadText(ref key);
            ReadObject(shape, value);
            map[key] = value;
        }
    }

    /// <summary>A boolean, which a peer may write as 0 or 1.</summary>
    public void ReadBoolean(ref bool value)
    {
        if (!_reader.TryReadBoolean(out value))
        {
            value = _reader.TryReadByte(out byte number) && number <= 1 ? number == 1 : throw Wrong("a boolean");
        }
    }

    public void ReadUnsigned(ref ulong value)
    {
        if (!_reader.TryReadUInt64(out value))
        {
            throw Wrong("an unsigned integer");
        }
    }

    public void ReadInteger(ref long value)
    {
        if (!_reader.TryReadInt64(out value))
        {
            throw Wrong("an integer");
        }
    }

    public void ReadDouble(ref double value)
    {
        if (!_reader.TryReadDouble(out value))
        {
            throw Wrong("a number");
        }
    }

    public void ReadDoubles(ref List<double>? values)
    {
        int count = ReadCount();
        values = new List<double>(count);
        for (int i = 0; i < count; i++)
        {
            double one = 0;
            ReadDouble(ref one);
            values.Add(one);
        }
    }

    /// <summary>A duration: nanoseconds; a part of 100 ns still is a time, and not none.</summary>
    public void ReadDuration(ref TimeSpan? value)
    {
        long nanoseconds = 0;
        ReadInteger(ref nanoseconds);
        long ticks = nanoseconds / 100;
        value = new TimeSpan(ticks == 0 ? Math.Sign(nanoseconds) : ticks);
    }

    /// <summary>Passes over a value and tells whether it says anything: any value in it that is not zero, empty or nil.</summary>
    public void ReadContent(ref bool hasContent)
    {
        if (!_reader.TryReadRaw(out ReadOnlySpan<byte> raw))
        {
            throw Wrong("a value");
        }

        var inner = new MessagePackReader(raw);
        hasContent |= HasContent(ref inner);
    }

    public void Skip()
    {
        if (!_reader.TrySkip())
        {
            throw Wrong("a value");
        }
    }

    private static bool HasContent(ref MessagePackReader reader)
    {
        if (reader.TryReadMapHeader(out int pairs))
        {
            bool has = false;
            for (int i = 0; i < pairs && reader.TrySkip(); i++)
            {
                has |= HasContent(ref reader);
            }

            return has;
        }

        if (reader.TryReadArrayHeader(out int count))
        {
            for (int i = 0; i < count && reader.TrySkip(); i++)
            {
            }

            return count > 0;
        }

        return reader.TryReadRaw(out ReadOnlySpan<byte> raw)
            && raw is not ([0] or [MessagePackCode.Nil] or [MessagePackCode.False] or [MessagePackCode.FixStr]);
    }

    private void ReadPair<T>(RpcShape<T> shape, T target)
        where T : class
    {
        if (!_reader.TryReadStringSpan(out ReadOnlySpan<byte> name))
        {
            throw Wrong("the name of a field");
        }

        ReadField(shape.Find(name), target);
    }

    private void ReadField<T>(RpcField<T>? field, T target)
        where T : class
    {
        if (_reader.TryReadNil())
        {
            return;
        }

        if (field is null)
        {
            Skip();
            return;
        }

        try
        {
            field.Read(ref this, target);
        }
        catch (RpcBodyException e) when (!e.NamesField)
        {
            throw new RpcBodyException($"{e.Message} (field {field.Name})") { NamesField = true };
        }
    }

    private ReadOnlySpan<byte> ReadTextBytes() =>
        _reader.TryReadStringSpan(out ReadOnlySpan<byte> bytes) ? bytes : throw Wrong("a string");

    private int ReadCount() => _reader.TryReadArrayHeader(out int count) ? count : throw Wrong("an array");

    private int ReadMapCount() => _reader.TryReadMapHeader(out int count) ? count : throw Wrong("a map");

    private readonly RpcBodyException Wrong(string expected)
    {
        ReadOnlySpan<byte> rest = _reader.Remaining;
        string found = rest.IsEmpty ? "the end" : string.Create(CultureInfo.InvariantCulture, $"hex: {rest[0]:x2}");
        return new RpcBodyException($"codec.decoder: {expected} is expected: Unrecognized descriptor byte: {found}");
    }
}
