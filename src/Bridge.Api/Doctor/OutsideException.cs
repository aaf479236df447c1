using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace Bridge.Api.Doctor;

/// <summary>The far end could not be asked: why, and how to mend it.</summary>
internal sealed class OutsideException(string found, string mend, Exception? innerException = null) : Exception(found, innerException)
{
    public string Mend { get; } = mend;

    public Finding AsFinding() => Finding.Fail(Message, Mend);

    /// <summary>What a failure on the way means.</summary>
    /// <param name="failure">From a socket, TLS or HTTP.</param>
    /// <param name="url">What was asked.</param>
    public static OutsideException Of(Exception failure, Uri url)
    {
        var causes = Causes(failure).ToList();
        var host = OutsideText.Clean(url.Authority);
        if (causes.OfType<AuthenticationException>().FirstOrDefault() is { } tls)
            return new($"{host} cannot prove who it is: {OutsideText.Clean(tls.Message, 200)}", "give it a certificate that a public authority signed for this name, with the whole chain, and that has not run out; Twilio takes no other", failure);
        if (causes.Any(c => c is OperationCanceledException))
            return new($"{host} did not answer in time", "see whether the address is the right one, and whether a firewall drops what comes to it", failure);
        if (causes.OfType<SocketException>().FirstOrDefault() is { } socket)
            return OfSocket(socket.SocketErrorCode, host, failure);
        return new($"{host} broke the connection off: {OutsideText.Clean(failure.Message, 200)}", "see whether something speaks HTTP there, and with TLS if the address says https", failure);
    }

    /// <summary>Is it a failure on the way, not a bug of ours?</summary>
    public static bool Explains(Exception failure) =>
        failure is HttpRequestException or WebSocketException or SocketException or IOException or AuthenticationException or OperationCanceledException;

    private static OutsideException OfSocket(SocketError error, string host, Exception failure) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            new($"the name {host} is not known", "correct the address, or make the DNS entry; a tunnel's old name is gone when it is started anew", failure),
        SocketError.ConnectionRefused =>
            new($"{host} refuses the connection: nothing listens there", "start the service and what stands in front of it; see that the port is the right one", failure),
        SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
            new($"{host} is not reached", "see firewall and routing; some networks do not let a machine reach itself by its public address: then run the doctor on another one", failure),
        _ => new($"{host} broke the connection off ({error})", "see whether something speaks HTTP there, and with TLS if the address says https", failure),
    };

    private static IEnumerable<Exception> Causes(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            yield return failure;
    }
}
