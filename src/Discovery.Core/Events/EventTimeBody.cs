namespace Discovery.Events;

/// <summary>What a server answers that was handed events: how far its clock is.</summary>
internal sealed class EventTimeBody
{
    public ulong Time;
}
