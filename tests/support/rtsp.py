#!/usr/bin/env python3
"""A camera that speaks RTSP, for the tests: serves one viewer after the other with a test picture,
over TCP alone, as `rtsp.py PORT`. With a second argument it takes the call and never says a word."""
import os, signal, socket, subprocess, sys, tempfile, threading, time

port, silent = int(sys.argv[1]), len(sys.argv) > 2
signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # with the encoder
listener = socket.create_server(("127.0.0.1", port))


def describe():
    """Starts an encoder; returns it, the socket its packets come to, and the session's description."""
    packets = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    packets.bind(("127.0.0.1", 0))
    path = tempfile.mktemp()
    encoder = subprocess.Popen(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i",
         "testsrc=size=320x240:rate=25", "-c:v", "mpeg4", "-g", "5", "-f", "rtp", "-sdp_file",
         path, "rtp://127.0.0.1:%d?pkt_size=1200" % packets.getsockname()[1]],
        stdout=subprocess.DEVNULL)
    for _ in range(600):
        if os.path.exists(path) and os.path.getsize(path):
            break
        time.sleep(0.1)
    text = open(path).read().replace("SDP:\n", "")
    os.unlink(path)
    return encoder, packets, text


def forward(packets, viewer):
    try:
        while True:
            packet = packets.recv(65536)
            viewer.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)
    except OSError:
        pass


def serve(viewer):
    encoder, packets, text = describe()
    lines = viewer.makefile("r", newline="\r\n")
    try:
        while True:
            request = lines.readline().split()
            if len(request) < 2:
                break
            sequence = ""
            while (line := lines.readline().strip()):
                if line.lower().startswith("cseq:"):
                    sequence = line.split(":", 1)[1].strip()
            body = text if request[0] == "DESCRIBE" else ""
            head = {"OPTIONS": "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n",
                    "DESCRIBE": "Content-Type: application/sdp\r\n",
                    "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"}
            viewer.sendall(("RTSP/1.0 200 OK\r\nCSeq: %s\r\nSession: 1\r\n%sContent-Length: %d\r\n\r\n%s"
                            % (sequence, head.get(request[0], ""), len(body), body)).encode())
            if request[0] == "PLAY":
                threading.Thread(target=forward, args=(packets, viewer), daemon=True).start()
            if request[0] == "TEARDOWN":
                break
    except (OSError, UnicodeDecodeError):
        pass
    finally:
        encoder.kill()
        encoder.wait()
        packets.close()
        viewer.close()


while True:
    connection = listener.accept()[0]
    if silent:
        time.sleep(3600)
    serve(connection)
