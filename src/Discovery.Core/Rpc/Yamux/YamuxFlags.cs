namespace Discovery.Rpc;

/// <summary>What a frame says beside its type: the steps of a stream's life, or question and answer of a ping.</summary>
[Flags]
internal enum YamuxFlags : ushort
{
    None = 0,
    Syn = 1,
    Ack = 2,
    Fin = 4,
    Rst = 8,
}
