using System.Buffers.Binary;

namespace Discovery.Wire;

/// <summary>Where names stand in a message that is being written, so that later ones can point to them (RFC 1035 section 4.1.4).</summary>
/// <remarks>
/// A hash table of offsets, emptied by counting up its generation. It may forget names when it is full, which costs bytes and nothing
/// else. Case counts, for the answer to a name must have its letters.
/// </remarks>
internal sealed class NameTable
{
    private const int Slots = 4096;
    private const int ProbesMax = 8;
    private const int PointerMax = 0x3FFF;

    private readonly ushort[] _offsets = new ushort[Slots];
    private readonly uint[] _generations = new uint[Slots];
    private uint _generation;

    public void Clear()
    {
        if (++_generation == 0)
        {
            Array.Clear(_generations);
            _generation = 1;
        }
    }

    /// <summary>Writes a name, or as much of it as has not been written before and a pointer to the rest.</summary>
    /// <param name="message">The message; what is behind <paramref name="at"/> is not looked at.</param>
    /// <param name="at">Where.</param>
    /// <param name="name">The name, without pointers.</param>
    /// <param name="mayPoint">False where a name must be written in full, as in SRV; later ones may still point into it.</param>
    /// <returns>The offset behind it; -1 when there is no room.</returns>
    public int Write(Span<byte> message, int at, ReadOnlySpan<byte> name, bool mayPoint)
    {
        int i = 0;
        while (name[i] != 0)
        {
            ReadOnlySpan<byte> rest = name[i..];
            uint hash = Hash(rest);
            int known = Find(message[..Math.Min(at, message.Length)], rest, hash);
            if (known >= 0 && mayPoint)
            {
                if (at + 2 > message.Length)
                {
                    return -1;
                }

                BinaryPrimitives.WriteUInt16BigEndian(message[at..], (ushort)(0xC000 | known));
                return at + 2;
            }

            if (known < 0 && at <= PointerMax)
            {
                Add(hash, at);
            }

            int length = 1 + name[i];
            if (at + length > message.Length)
            {
                return -1;
            }

            name.Slice(i, length).CopyTo(message[at..]);
            at += length;
            i += length;
        }

        if (at >= message.Length)
        {
            return -1;
        }

        message[at] = 0;
        return at + 1;
    }

    /// <summary>Remembers a name that stands in the message already, and every end of it.</summary>
    public void AddWritten(ReadOnlySpan<byte> message, int at)
    {
        for (; message[at] != 0; at += 1 + message[at])
        {
            Add(Hash(message[at..]), at);
        }
    }

    private void Add(uint hash, int offset)
    {
        for (uint i = 0; i < ProbesMax; i++)
        {
            uint slot = (hash + i) % Slots;
            if (_generations[slot] != _generation)
            {
                _generations[slot] = _generation;
                _offsets[slot] = (ushort)offset;
                return;
            }
        }
    }

    private int Find(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name, uint hash)
    {
        for (uint i = 0; i < ProbesMax; i++)
        {
            uint slot = (hash + i) % Slots;
            if (_generations[slot] != _generation)
            {
                return -1;
            }

            if (StandsAt(message, _offsets[slot], name))
            {
                return _offsets[slot];
            }
        }

        return -1;
    }

    private static bool StandsAt(ReadOnlySpan<byte> message, int at, ReadOnlySpan<byte> name)
    {
        int i = 0;
        while (at < message.Length)
        {
            int length = message[at];
            if (length >= 0xC0)
            {
                at = BinaryPrimitives.ReadUInt16BigEndian(message[at..]) & PointerMax;
                continue;
            }

            if (length != name[i] || at + 1 + length > message.Length
                || !message.Slice(at + 1, length).SequenceEqual(name.Slice(i + 1, length)))
            {
                return false;
            }

            if (length == 0)
            {
                return true;
            }

            at += 1 + length;
            i += 1 + length;
        }

        return false;
    }

    // FNV-1a over the name up to and with its zero.
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        uint hash = 2166136261;
        int end = 0;
        while (name[end] != 0)
        {
            end += 1 + name[end];
        }

        foreach (byte b in name[..end])
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash ^ (hash >> 15);
    }
}
