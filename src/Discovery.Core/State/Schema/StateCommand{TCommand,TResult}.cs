using System.Buffers;

namespace Discovery;

/// <summary>A command with its codecs and its pure apply method.</summary>
/// <typeparam name="TCommand">The command record.</typeparam>
/// <typeparam name="TResult">What applying it yields.</typeparam>
public sealed class StateCommand<TCommand, TResult> : StateCommand
{
    private readonly Func<StateTransaction, TCommand, TResult> _apply;

    internal StateCommand(
        ushort id,
        string name,
        IStateCodec<TCommand> codec,
        IStateCodec<TResult> resultCodec,
        Func<StateTransaction, TCommand, TResult> apply)
        : base(id, name)
    {
        Codec = codec;
        ResultCodec = resultCodec;
        _apply = apply;
    }

    /// <summary>Encodes the command.</summary>
    public IStateCodec<TCommand> Codec { get; }

    /// <summary>Encodes the result.</summary>
    public IStateCodec<TResult> ResultCodec { get; }

    internal override bool TryApply(StateTransaction transaction, ReadOnlySpan<byte> body, IBufferWriter<byte> result)
    {
        if (!Codec.TryRead(body, out TCommand? command))
        {
            return false;
        }

        ResultCodec.Write(_apply(transaction, command), result);
        return true;
    }
}
