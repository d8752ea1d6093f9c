using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Discovery.Wire;

namespace Discovery.Infrastructure;

/// <summary>Walks a valid JSON value and reads it into objects of declared shapes.</summary>
/// <remarks>
/// A value of the wrong type does not end the reading: the first error is kept, as in Go. An error of a shape with a decoder of its own
/// does. Strings never fail; null leaves a scalar as it is.
/// </remarks>
internal ref partial struct GoJsonReader
{
    private readonly ReadOnlySpan<byte> _source;
    private Utf8JsonReader _json;
    private GoJsonError? _first;
    private bool _isEnded;
    private string _struct = "";
    private Path _path;
    private int _pathLength;

    public GoJsonReader(ReadOnlySpan<byte> value)
    {
        _source = value;
        _json = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = GoJsonSyntax.DepthMax });
    }

    /// <summary>What is wrong; null when all is well.</summary>
    public readonly GoJsonError? Error => _first;

    public void ReadRoot<T>(GoShape<T> shape, T target)
        where T : class, new()
    {
        _json.Read();
        ReadObject(shape, target);
    }

    public void ReadString(ref string value)
    {
        if (_json.TokenType == JsonTokenType.String)
        {
            value = GoJsonText.Read(_json.ValueSpan);
        }
        else
        {
            Mismatch("string");
        }
    }

    /// <summary>A string of a type with a name.</summary>
    public void ReadString(ref string value, string type)
    {
        if (_json.TokenType == JsonTokenType.String)
        {
            value = GoJsonText.Read(_json.ValueSpan);
        }
        else
        {
            Mismatch(type);
        }
    }

    public void ReadBoolean(ref bool value)
    {
        if (_json.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            value = _json.TokenType == JsonTokenType.True;
        }
        else
        {
            Mismatch("bool");
        }
    }

    public void ReadInteger(ref long value)
    {
        if (_json.TokenType != JsonTokenType.Number)
        {
            Mismatch("int");
        }
        else if (Utf8Parser.TryParse(_json.ValueSpan, out long number, out int read) && read == _json.ValueSpan.Length)
        {
            value = number;
        }
        else
        {
            MismatchOfNumber("int");
        }
    }

    /// <summary>An unsigned number that nobody uses.</summary>
    public void SkipUnsigned(string type)
    {
        if (_json.TokenType != JsonTokenType.Number)
        {
            Mismatch(type);
        }
        else if (!Utf8Parser.TryParse(_json.ValueSpan, out ulong _, out int read) || read != _json.ValueSpan.Length)
        {
            MismatchOfNumber(type);
        }
    }

    public void ReadDouble(ref double value)
    {
        if (_json.TokenType == JsonTokenType.Number)
        {
            TryNumber(ref value);
        }
        else
        {
            Mismatch("float64");
        }
    }

    /// <summary>A duration, in whichever form.</summary>
    public void ReadDuration(ref GoDurationField value)
    {
        double number = 0;
        switch (_json.TokenType)
        {
            case JsonTokenType.String:
                value = GoDurationField.Of(GoJsonText.Read(_json.ValueSpan));
                break;
            case JsonTokenType.Number:
                if (TryNumber(ref number))
                {
                    value = GoDurationField.Of(number);
                }

                break;
            default:
                value = GoDurationField.Other(_json.TokenType != JsonTokenType.Null);
                _json.Skip();
                break;
        }
    }

    /// <summary>A value of any shape, of which only is asked whether it holds anything.</summary>
    public void ReadContent(ref bool hasContent)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.StartArray or JsonTokenType.StartObject:
                bool inside = false;
                while (_json.Read() && _json.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
                {
                    inside |= _json.TokenType != JsonTokenType.PropertyName || (_json.Read() && HasContent());
                    _json.Skip();
                }

                hasContent |= inside;
                break;
            default:
                hasContent |= HasContent();
                break;
        }
    }

    /// <summary>An object that may be absent, of which only is asked whether it is there.</summary>
    public void ReadPresence(ref bool isPresent)
    {
        isPresent |= _json.TokenType != JsonTokenType.Null;
        _json.Skip();
    }

    public void ReadStrings(ref List<string>? values)
    {
        if (!TryEnterArray("[]string", ref values))
        {
            return;
        }

        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            string value = "";
            ReadString(ref value);
            values!.Add(value);
        }
    }

    public void ReadDoubles(ref List<double>? values)
    {
        if (!TryEnterArray("[]float64", ref values))
        {
            return;
        }

        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            double value = 0;
            ReadDouble(ref value);
            values!.Add(value);
        }
    }

    /// <summary>A list of objects; null in the place of one is null.</summary>
    public void ReadList<T>(GoShape<T> shape, string type, ref List<T?>? values)
        where T : class, new()
    {
        if (!TryEnterArray(type, ref values))
        {
            return;
        }

        while (!_isEnded && _json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            T? value = null;
            ReadOptional(shape, ref value);
            values!.Add(value);
        }
    }

    /// <summary>Texts by name.</summary>
    public void ReadMap(ref Dictionary<string, string>? values)
    {
        if (!TryEnterMap("map[string]string", ref values))
        {
            return;
        }

        while (TryReadKey(out string key))
        {
            string value = "";
            ReadString(ref value);
            values![key] = value;
        }
    }

    /// <summary>Lists of texts by name.</summary>
    public void ReadMap(ref Dictionary<string, List<string>?>? values)
    {
        if (!TryEnterMap("map[string][]string", ref values))
        {
            return;
        }

        while (TryReadKey(out string key))
        {
            List<string>? value = null;
            ReadStrings(ref value);
            values![key] = value;
        }
    }

    /// <summary>Objects by name.</summary>
    public void ReadMap<T>(GoShape<T> shape, ref Dictionary<string, T>? values)
        where T : class, new()
    {
        if (!TryEnterMap($"map[string]{shape.Type}", ref values))
        {
            return;
        }

        while (!_isEnded && TryReadKey(out string key))
        {
            var value = new T();
            ReadObject(shape, value);
            values![key] = value;
        }
    }

    /// <summary>An object that may be absent: null takes it away.</summary>
    public void ReadOptional<T>(GoShape<T> shape, ref T? value)
        where T : class, new()
    {
        if (_json.TokenType == JsonTokenType.Null)
        {
            value = null;
            return;
        }

        value ??= new T();
        ReadObject(shape, value);
    }

    /// <summary>An object; fields that it does not name stay as they are.</summary>
    public void ReadObject<T>(GoShape<T> shape, T target)
        where T : class, new()
    {
        if (!shape.IsCustom)
        {
            ReadFields(shape, target);
            return;
        }

        (GoJsonError? first, string name, Path path, int length) = (_first, _struct, _path, _pathLength);
        (_first, _struct, _pathLength) = (null, "", 0);
        ReadFields(shape, target);
        GoJsonError? error = _first ?? (shape.Complete?.Invoke(target) is { } trouble ? GoJsonError.Of(trouble) : null);
        (_struct, _path, _pathLength) = (name, path, length);
        _first = error is null ? first : length == 0 ? error : error.In(name, PathText());
        _isEnded |= error is not null;
    }

    private void ReadFields<T>(GoShape<T> shape, T target)
        where T : class, new()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            Mismatch(shape.Type);
            return;
        }

        string outer = _struct;
        while (!_isEnded && _json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            _struct = shape.Name;
            ReadField(shape, target);
        }

        _struct = outer;
    }

    private void ReadField<T>(GoShape<T> shape, T target)
        where T : class, new()
    {
        GoField<T>? field = shape.Find(_json.ValueSpan);
        if (field is null)
        {
            if (shape.Unknown == UnknownFields.Refused)
            {
                _first ??= GoJsonError.Of($"json: unknown field {GoQuote.Quote(GoJsonText.Read(_json.ValueSpan))}");
            }

            _json.Read();
            _json.Skip();
            return;
        }

        _json.Read();
        _path[_pathLength++] = field.Name;
        field.Read(ref this, target);
        _pathLength--;
    }

    private bool TryEnterArray<T>(string type, ref List<T>? values)
    {
        if (_json.TokenType == JsonTokenType.StartArray)
        {
            values = [];
            return true;
        }

        return Refuse(type, ref values);
    }

    private bool TryEnterMap<T>(string type, ref Dictionary<string, T>? values)
    {
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            values ??= new Dictionary<string, T>(StringComparer.Ordinal);
            return true;
        }

        return Refuse(type, ref values);
    }

    private bool Refuse<T>(string type, ref T? values)
        where T : class
    {
        if (_json.TokenType == JsonTokenType.Null)
        {
            values = null;
        }
        else
        {
            Mismatch(type);
        }

        return false;
    }

    // The name of an entry of a map; the reader then stands on its value.
    private bool TryReadKey(out string key)
    {
        key = "";
        bool isKey = _json.Read() && _json.TokenType == JsonTokenType.PropertyName;
        if (isKey)
        {
            key = GoJsonText.Read(_json.ValueSpan);
            _json.Read();
        }

        return isKey;
    }

    private readonly bool HasContent() => _json.TokenType switch
    {
        JsonTokenType.Null or JsonTokenType.False => false,
        JsonTokenType.String => _json.ValueSpan.Length > 0,
        JsonTokenType.Number => _json.ValueSpan.ContainsAnyInRange((byte)'1', (byte)'9'),
        _ => true,
    };

    private bool TryNumber(ref double value)
    {
        if (double.TryParse(_json.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number))
        {
            value = number;
            return true;
        }

        MismatchOfNumber("float64");
        return false;
    }

    // A number that the type cannot hold is told with its digits.
    private void MismatchOfNumber(string type) => Keep(GoJsonError.Mismatch($"number {Encoding.ASCII.GetString(_json.ValueSpan)}", type));

    // Null is never a mismatch. The value is passed over.
    private void Mismatch(string type)
    {
        string value = _json.TokenType switch
        {
            JsonTokenType.String => "string",
            JsonTokenType.Number => "number",
            JsonTokenType.True or JsonTokenType.False => "bool",
            JsonTokenType.StartArray => "array",
            JsonTokenType.StartObject => "object",
            _ => "",
        };
        if (value.Length > 0)
        {
            Keep(GoJsonError.Mismatch(value, type));
        }

        _json.Skip();
    }

    private void Keep(GoJsonError error) => _first ??= error.In(_struct, PathText());

    private readonly string PathText()
    {
        var text = new StringBuilder();
        for (int i = 0; i < _pathLength; i++)
        {
            text.Append(i == 0 ? "" : ".").Append(_path[i]);
        }

        return text.ToString();
    }

    [InlineArray(8)]
    private struct Path
    {
        private string _first;
    }
}
