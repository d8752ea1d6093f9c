using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Discovery.Wire;

namespace Discovery.Shared.Tests;

/// <summary>MessagePack values as text, read and rewritten through the code under test, or made at random.</summary>
internal static class MessagePackText
{
    /// <summary>Describes the next value and writes it again in its shortest form; false where the reader refuses it.</summary>
    public static bool TryDescribe(ref MessagePackReader reader, StringBuilder text, ref MessagePackWriter copy, int depthLeft = 64)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                copy.WriteNil();
                text.Append("nil");
                return reader.TryReadNil();
            case MessagePackType.Boolean:
                bool isBoolean = reader.TryReadBoolean(out bool boolean);
                copy.Write(boolean);
                text.Append(boolean ? "true" : "false");
                return isBoolean;
            case MessagePackType.Integer:
                return TryDescribeInteger(ref reader, text, ref copy);
            case MessagePackType.Float:
                bool isFloat = reader.TryReadDouble(out double number);
                copy.Write(number);
                text.Append('f').Append(BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture));
                return isFloat;
            case MessagePackType.String when !reader.OldSpec:
                bool isString = reader.TryReadStringSpan(out ReadOnlySpan<byte> utf8);
                copy.WriteString(utf8);
                text.Append('s').Append(Convert.ToHexStringLower(utf8));
                return isString;
            case MessagePackType.String or MessagePackType.Binary:
                bool isBytes = reader.TryReadBytes(out ReadOnlySpan<byte> bytes);
                copy.Write(bytes);
                text.Append('b').Append(Convert.ToHexStringLower(bytes));
                return isBytes;
            case MessagePackType.Array:
                return TryDescribeArray(ref reader, text, ref copy, depthLeft);
            case MessagePackType.Map:
                return TryDescribeMap(ref reader, text, ref copy, depthLeft);
            case MessagePackType.Extension:
                return TryDescribeExtension(ref reader, text, ref copy);
            default:
                return false;
        }
    }

    /// <summary>Writes a random value and its description.</summary>
    public static void Make(Random random, StringBuilder text, ref MessagePackWriter writer, int depth = 0)
    {
        switch (random.Next(depth < 4 ? 10 : 8))
        {
            case 0:
                bool boolean = random.Next(2) == 0;
                writer.Write(boolean);
                text.Append(boolean ? "true" : "false");
                break;
            case 1 or 2:
                MakeInteger(random, text, ref writer);
                break;
            case 3:
                double number = random.Next(3) == 0 ? random.Next(-5, 5) : (random.NextDouble() - 0.5) * 1e9;
                writer.Write(number);
                text.Append('f').Append(BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture));
                break;
            case 4 or 5:
                MakeString(random, text, ref writer, RandomText(random));
                break;
            case 6:
                var bytes = new byte[RandomSize(random)];
                random.NextBytes(bytes);
                writer.Write(bytes);
                text.Append('b').Append(Convert.ToHexStringLower(bytes));
                break;
            case 7:
                MakeExtension(random, text, ref writer);
                break;
            case 8:
                int count = depth < 2 ? random.Next(20) : random.Next(4);
                writer.WriteArrayHeader(count);
                text.Append('[');
                for (int i = 0; i < count; i++)
                {
                    text.Append(i > 0 ? "," : "");
                    Make(random, text, ref writer, depth + 1);
                }

                text.Append(']');
                break;
            default:
                int pairs = depth < 2 ? random.Next(20) : random.Next(3);
                writer.WriteMapHeader(pairs);
                text.Append('{');
                for (int i = 0; i < pairs; i++)
                {
                    text.Append(i > 0 ? "," : "");
                    MakeString(random, text, ref writer, $"{i}:{RandomText(random)}");
                    text.Append(':');
                    Make(random, text, ref writer, depth + 1);
                }

                text.Append('}');
                break;
        }
    }

    private static bool TryDescribeInteger(ref MessagePackReader reader, StringBuilder text, ref MessagePackWriter copy)
    {
        if (reader.TryReadInt64(out long signed))
        {
            copy.Write(signed);
            text.Append('i').Append(signed.ToString(CultureInfo.InvariantCulture));
            return true;
        }

        bool read = reader.TryReadUInt64(out ulong unsigned);
        copy.Write(unsigned);
        text.Append('i').Append(unsigned.ToString(CultureInfo.InvariantCulture));
        return read;
    }

    private static bool TryDescribeArray(ref MessagePackReader reader, StringBuilder text, ref MessagePackWriter copy, int depthLeft)
    {
        if (!reader.TryReadArrayHeader(out int count) || (count > 0 && depthLeft == 0))
        {
            return false;
        }

        copy.WriteArrayHeader(count);
        text.Append('[');
        for (int i = 0; i < count; i++)
        {
            text.Append(i > 0 ? "," : "");
            if (!TryDescribe(ref reader, text, ref copy, depthLeft - 1))
            {
                return false;
            }
        }

        text.Append(']');
        return true;
    }

    private static bool TryDescribeMap(ref MessagePackReader reader, StringBuilder text, ref MessagePackWriter copy, int depthLeft)
    {
        if (!reader.TryReadMapHeader(out int count) || (count > 0 && depthLeft == 0))
        {
            return false;
        }

        copy.WriteMapHeader(count);
        text.Append('{');
        for (int i = 0; i < 2 * count; i++)
        {
            text.Append((i & 1) != 0 ? ":" : i > 0 ? "," : "");
            if (!TryDescribe(ref reader, text, ref copy, depthLeft - 1))
            {
                return false;
            }
        }

        text.Append('}');
        return true;
    }

    private static bool TryDescribeExtension(ref MessagePackReader reader, StringBuilder text, ref MessagePackWriter copy)
    {
        if (reader.TryReadTimestamp(out long seconds, out uint nanoseconds))
        {
            copy.WriteTimestamp(seconds, nanoseconds);
            text.Append(CultureInfo.InvariantCulture, $"t{seconds}.{nanoseconds}");
            return true;
        }

        if (!reader.TryReadExtensionFormat(out sbyte type, out ReadOnlySpan<byte> data))
        {
            return false;
        }

        copy.WriteExtensionFormat(type, data);
        text.Append(CultureInfo.InvariantCulture, $"x{type}:{Convert.ToHexStringLower(data)}");
        return true;
    }

    private static void MakeInteger(Random random, StringBuilder text, ref MessagePackWriter writer)
    {
        Span<byte> bits = stackalloc byte[8];
        random.NextBytes(bits);
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(bits) >> random.Next(64);
        if (random.Next(2) == 0)
        {
            writer.Write(value);
            text.Append('i').Append(value.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            long negative = -(long)(value >> 1) - 1;
            writer.Write(negative);
            text.Append('i').Append(negative.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void MakeString(Random random, StringBuilder text, ref MessagePackWriter writer, string value)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(value);
        if (random.Next(2) == 0)
        {
            writer.Write(value);
        }
        else
        {
            writer.WriteString(utf8);
        }

        text.Append(writer.OldSpec ? 'b' : 's').Append(Convert.ToHexStringLower(utf8));
    }

    private static void MakeExtension(Random random, StringBuilder text, ref MessagePackWriter writer)
    {
        if (random.Next(2) == 0)
        {
            long seconds = random.NextInt64() >> random.Next(64);
            seconds = random.Next(2) == 0 ? seconds : -seconds;
            uint nanoseconds = random.Next(2) == 0 ? 0 : (uint)random.Next(1_000_000_000);
            writer.WriteTimestamp(seconds, nanoseconds);
            text.Append(CultureInfo.InvariantCulture, $"t{seconds}.{nanoseconds}");
            return;
        }

        var data = new byte[random.Next(4) == 0 ? 300 : random.Next(20)];
        random.NextBytes(data);
        sbyte type = (sbyte)random.Next(128);
        writer.WriteExtensionFormat(type, data);
        text.Append(CultureInfo.InvariantCulture, $"x{type}:{Convert.ToHexStringLower(data)}");
    }

    private static string RandomText(Random random)
    {
        string[] alphabet = random.Next(3) > 0 ? ["a", "b", "Z", "0", "-"] : ["a", "é", "€", "𝄞", "\u07ff", "\uffff"];
        var text = new StringBuilder();
        for (int left = RandomSize(random); left > 0; left--)
        {
            text.Append(alphabet[random.Next(alphabet.Length)]);
        }

        return text.ToString();
    }

    private static int RandomSize(Random random)
    {
        int[] edges = [0, 1, 30, 31, 32, 33, 85, 254, 255, 256, 257];
        return random.Next(3) == 0 ? edges[random.Next(edges.Length)] : random.Next(24);
    }
}
