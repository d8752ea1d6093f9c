using System.Buffers;
using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>Finds where a MessagePack value ends that comes in pieces: nothing is looked at twice.</summary>
internal sealed class MessagePackScanner
{
    private readonly long[] _left = new long[MessagePackFrame.DepthMax];
    private int _depth;
    private long _position;
    private bool _isMeasured;

    /// <summary>How long the value is at least, as far as is known.</summary>
    public long LengthMin => _position;

    /// <summary>Goes on with the value.</summary>
    /// <param name="data">The value from its beginning, as far as it is there: at least what was there last time.</param>
    /// <param name="length">Bytes of the value, when it is whole.</param>
    /// <returns>As <see cref="MessagePackFrame.Measure"/>; after <see cref="OperationStatus.Done"/> the next value begins.</returns>
    public OperationStatus Scan(ReadOnlySpan<byte> data, out int length)
    {
        length = 0;
        while (!_isMeasured)
        {
            OperationStatus status = Step(data);
            if (status != OperationStatus.Done)
            {
                return status;
            }
        }

        if (_position > data.Length)
        {
            return OperationStatus.NeedMoreData;
        }

        length = (int)_position;
        (_position, _isMeasured) = (0, false);
        return OperationStatus.Done;
    }

    private OperationStatus Step(ReadOnlySpan<byte> data)
    {
        if (_position >= data.Length)
        {
            return OperationStatus.NeedMoreData;
        }

        ReadOnlySpan<byte> rest = data[(int)_position..];
        if (!MessagePackFrame.TryReadHead(rest, out int head, out long payload, out long children))
        {
            return rest[0] == MessagePackCode.NeverUsed ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
        }

        if (children > 0 && _depth == _left.Length)
        {
            return OperationStatus.InvalidData;
        }

        _position += head + payload;
        if (children > 0)
        {
            _left[_depth++] = children;
            return OperationStatus.Done;
        }

        while (_depth > 0 && --_left[_depth - 1] == 0)
        {
            _depth--;
        }

        _isMeasured = _depth == 0;
        return OperationStatus.Done;
    }
}
