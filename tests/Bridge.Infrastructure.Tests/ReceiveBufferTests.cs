using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>Memory is taken for what has come, and not for what is said to come, and goes back.</summary>
public sealed class ReceiveBufferTests
{
    [Test]
    public void The_large_buffer_goes_back_after_a_few_messages_that_did_not_need_it_and_another_is_taken_when_one_does()
    {
        const int Usual = 256;
        var buffer = new ReceiveBuffer(Usual, 10_000);
        Message(buffer, 5_000);
        Assert.That(buffer.Free(1).Length, Is.GreaterThan(Usual));
        // All of these came at once, so the last of them stands far behind.
        buffer.Received(Math.Min(buffer.Free(2_000).Length, 2_000));
        for (var message = 0; message < 10; message++)
        {
            buffer.Join(2, 198);
            buffer.Release();
        }

        Assert.That(buffer.Free(1).Length, Is.EqualTo(Usual));
        Message(buffer, 5_000);
    }

    [Test]
    public void A_far_end_that_says_much_will_come_is_given_no_memory_for_it()
    {
        var (buffer, before) = (new ReceiveBuffer(16, 1 << 30), GC.GetAllocatedBytesForCurrentThread());
        for (var received = 0; received < 1000; received += 10)
        {
            Assert.That(buffer.Free(1 << 29).IsEmpty, Is.False);
            buffer.Received(Math.Min(10, buffer.Free(1 << 29).Length));
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(100_000));
    }

    private static void Message(ReceiveBuffer buffer, int length)
    {
        for (var received = 0; received < length;)
        {
            var more = Math.Min(buffer.Free(length).Length, length - received);
            buffer.Received(more);
            received += more;
        }

        buffer.Join(10, length - 10);
        buffer.Release();
    }
}
