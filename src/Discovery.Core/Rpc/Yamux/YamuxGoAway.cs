namespace Discovery.Rpc;

/// <summary>Why a side goes.</summary>
internal enum YamuxGoAway : uint
{
    Normal = 0,
    ProtocolError = 1,
    InternalError = 2,
}
