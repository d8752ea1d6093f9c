using System.Net;
using Discovery.Agent;
using Discovery.Membership;

namespace Discovery.Events;

/// <summary>Carries events where nobody gossips: the server that one is fired at hands it to every other server that answers.</summary>
internal sealed class ServerEventCarrier(
    EventClock clock, EventOutboxes outboxes, IUserEventReceiver receiver, IMembershipSource membership, AgentIdentity identity)
    : IUserEventCarrier
{
    public ValueTask SendAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        ulong time = clock.Take(time => UserEventRules.CheckLength(name, payload.Length, time));
        var message = new UserEventMessage(time, name, payload);
        if (receiver.Receive(message))
        {
            foreach (Member member in membership.Members)
            {
                if (member.Status == MemberStatus.Alive && MemberTags.IsServer(member) && MemberTags.IdOf(member) != identity.Id)
                {
                    outboxes.Add(new DnsEndPoint(member.Address, MemberTags.PortOf(member)), message);
                }
            }
        }

        return ValueTask.CompletedTask;
    }
}
