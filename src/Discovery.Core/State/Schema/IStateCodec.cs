using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Discovery;

/// <summary>Turns a row, a command or a result into bytes and back.</summary>
/// <typeparam name="T">What is encoded.</typeparam>
/// <remarks>
/// The encoding is part of the log, of snapshots and of the state hash: equal values must give equal bytes on every machine.
/// </remarks>
public interface IStateCodec<T>
{
    /// <summary>Appends the encoding of <paramref name="value"/>.</summary>
    /// <param name="value">The value.</param>
    /// <param name="output">Where the bytes go.</param>
    void Write(T value, IBufferWriter<byte> output);

    /// <summary>Reads a value that takes up all of <paramref name="input"/>.</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="value">The value, when the bytes are well-formed.</param>
    /// <returns>False for malformed bytes; never an exception.</returns>
    bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out T value);
}
