using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Discovery.Infrastructure;

/// <summary>Bytes, unsigned numbers, and a list as the whole.</summary>
internal ref partial struct GoJsonReader
{
    public void ReadRootList<T>(GoShape<T> shape, string type, ref List<T?>? values)
        where T : class, new()
    {
        _json.Read();
        ReadList(shape, type, ref values);
    }

    public void ReadUnsigned(ref ulong value, string type = "uint64")
    {
        if (_json.TokenType != JsonTokenType.Number)
        {
            Mismatch(type);
        }
        else if (Utf8Parser.TryParse(_json.ValueSpan, out ulong number, out int read) && read == _json.ValueSpan.Length)
        {
            value = number;
        }
        else
        {
            MismatchOfNumber(type);
        }
    }

    /// <summary>Bytes: a string of base64, or a list of numbers.</summary>
    public void ReadBytes(ref byte[] value)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.String:
                int trouble = GoBase64.Decode(GoJsonText.Read(_json.ValueSpan), out byte[] decoded);
                if (trouble < 0)
                {
                    value = decoded;
                }
                else
                {
                    _first ??= GoJsonError.Of($"illegal base64 data at input byte {trouble}");
                }

                break;
            case JsonTokenType.StartArray:
                var bytes = new List<byte>();
                while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
                {
                    bytes.Add(ReadByte());
                }

                value = [.. bytes];
                break;
            case JsonTokenType.Null:
                value = [];
                break;
            default:
                Mismatch("[]uint8");
                break;
        }
    }

    /// <summary>A duration that is a string or a number and nothing else.</summary>
    public void ReadReadableDuration(ref GoDurationField value)
    {
        if (_json.TokenType is JsonTokenType.String or JsonTokenType.Number)
        {
            ReadDuration(ref value);
            return;
        }

        int start = (int)_json.TokenStartIndex;
        _json.Skip();
        string text = Encoding.UTF8.GetString(_source[start..(int)_json.BytesConsumed]);
        _first ??= GoJsonError.Of($"strconv.ParseFloat: parsing {Wire.GoQuote.Quote(text)}: invalid syntax");
        _isEnded = true;
    }

    /// <summary>The same where Go has a pointer to it: null is none.</summary>
    public void ReadOptionalReadableDuration(ref GoDurationField value)
    {
        if (_json.TokenType == JsonTokenType.Null)
        {
            value = default;
            return;
        }

        ReadReadableDuration(ref value);
    }

    private byte ReadByte()
    {
        if (_json.TokenType != JsonTokenType.Number)
        {
            Mismatch("uint8");
        }
        else if (Utf8Parser.TryParse(_json.ValueSpan, out byte number, out int read) && read == _json.ValueSpan.Length)
        {
            return number;
        }
        else
        {
            MismatchOfNumber("uint8");
        }

        return 0;
    }
}
