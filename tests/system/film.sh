#!/bin/sh
# A film in chunks: planned, dreamed chunk by chunk by several at once or after a crash, and joined,
# it is the film that is dreamed in one go.
. "$(dirname "$0")/../support/lib.sh"

tiny="--octaves 2 --iterations 2 --layer mixed0 --encoder ffv1"

expect_error plan_without_a_folder 2 "reverie plan FILM --chunks FOLDER" plan film.mkv
expect_error plan_of_a_pipe 2 "cannot be read twice" plan - --chunks "$work/chunks"
expect_error chunk_without_a_plan 1 "reverie plan FILM --chunks" chunk "$work/none" 0
expect_error join_without_an_output 2 "reverie join FOLDER -o FILE" join "$work/none"

if ! can_dream || ! have ffmpeg; then
	[ -n "$why" ] || why="there is no ffmpeg"
	for name in film_in_chunks film_resumed film_by_parallel film_by_ssh film_by_slurm; do
		skip "$name" "$why"
	done
	finish
fi

# Three scenes of another length each, with sound.
film() { # FILE
	ffmpeg -loglevel error -f lavfi -i testsrc2=s=96x64:r=10:d=1.5 \
		-f lavfi -i mandelbrot=s=96x64:r=10:end_pts=100 -f lavfi -i smptebars=s=96x64:r=10:d=1.3 \
		-f lavfi -i sine=f=440:d=4 -filter_complex \
		'[1]trim=duration=1.2[m];[0][m][2]concat=n=3,format=yuv420p[v]' -map '[v]' -map 3 \
		-c:v libx264 -g 7 -c:a aac "$1"
}

film "$work/film.mp4"
expect_success film_in_one_go "$work/film.mp4" -o "$work/whole.mkv" $tiny
contents "$work/whole.mkv" 0 >"$work/whole"

expect_success plan_a_film plan "$work/film.mp4" --chunks "$work/chunks" --chunk-seconds 0 $tiny
tail -n 1 "$work/out" >"$work/last"
check plan_ends_with_the_number_of_chunks grep -qx '3 chunks' "$work/last"
expect_error plan_twice 2 "a new plan takes a new folder" \
	plan "$work/film.mp4" --chunks "$work/chunks" $tiny
expect_error plan_into_no_folder 1 "no chunks can be written there: Not a directory" \
	plan "$work/film.mp4" --chunks "$work/film.mp4/chunks" $tiny
expect_error chunk_that_there_is_not 2 "there are 0 to 2" chunk "$work/chunks" 3
expect_success chunk_2 chunk "$work/chunks" 2
expect_error join_with_chunks_missing 1 "2 of 3 chunks are missing" \
	join "$work/chunks" -o "$work/joined.mkv"
reverie chunk "$work/chunks"
check chunks_tell_how_far_they_are grep -q '^1 of 3 chunks, 13 of 40 frames$' "$work/out"
for chunk in 0 1 2; do expect_success "chunk_$chunk" chunk "$work/chunks" "$chunk"; done
expect_success join_a_film join "$work/chunks" -o "$work/joined.mkv"
contents "$work/joined.mkv" 0 >"$work/joined"
check film_in_chunks same_files "$work/whole" "$work/joined"
# Frames by themselves all have one seed, in whatever chunk they are.
reverie "$work/film.mp4" -o "$work/apart.mkv" $tiny --time off
reverie "$work/film.mp4" -o "$work/parted.mkv" $tiny --time off --resume --chunk-seconds 2
contents "$work/apart.mkv" 0 >"$work/apart"
contents "$work/parted.mkv" 0 >"$work/joined"
check film_of_frames_by_themselves_in_chunks same_files "$work/apart" "$work/joined"
expect_error join_over_its_own_film 2 "are one file" \
	join "$work/chunks" -o "$work/film.mp4" --force

# Two at once.
if have parallel; then
	reverie plan "$work/film.mp4" --chunks "$work/many" --chunk-seconds 0 $tiny
	seq 0 2 | parallel --will-cite -j 2 "$REVERIE" chunk "$work/many" >"$work/out" 2>"$work/err"
	reverie join "$work/many" -o "$work/parallel.mkv"
	contents "$work/parallel.mkv" 0 >"$work/joined"
	check film_by_parallel same_files "$work/whole" "$work/joined"
else
	skip film_by_parallel "there is no GNU parallel"
fi

# ---- other machines: this one, by ssh and as three nodes of Slurm ----

plan_and_forget() { # FOLDER
	reverie plan "$work/film.mp4" --chunks "$1" --chunk-seconds 0 $tiny
}

check_film_of() { # NAME FOLDER
	reverie join "$2" -o "$2.mkv"
	contents "$2.mkv" 0 >"$work/joined"
	check "$1" same_files "$work/whole" "$work/joined"
}

start_sshd() { # a server on loopback that lets in one key
	mkdir -p "$work/ssh" /run/sshd &&
		ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/key" &&
		ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host" || return 1
	printf '%s\n' "Port $1" "ListenAddress 127.0.0.1" "HostKey $work/ssh/host" "UsePAM no" \
		"AuthorizedKeysFile $work/ssh/key.pub" "StrictModes no" "PidFile $work/ssh/pid" \
		>"$work/ssh/config"
	/usr/sbin/sshd -f "$work/ssh/config" -E "$work/ssh/log" || return 1
	ssh="ssh -p $1 -i $work/ssh/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
	eventually $ssh -o LogLevel=ERROR 127.0.0.1 true 2>/dev/null
}

if [ -x /usr/sbin/sshd ] && [ "$(id -u)" = 0 ] && have parallel && another_port && start_sshd $port; then
	plan_and_forget "$work/ssh_chunks"
	seq 0 2 | parallel --will-cite --sshlogin "2/$ssh 127.0.0.1" \
		"cd $PWD && ${XDG_CACHE_HOME:+XDG_CACHE_HOME=$XDG_CACHE_HOME }$REVERIE chunk $work/ssh_chunks" \
		>"$work/out" 2>"$work/err"
	check_film_of film_by_ssh "$work/ssh_chunks"
else
	skip film_by_ssh "needs root, openssh-server and parallel"
fi
[ ! -e "$work/ssh/pid" ] || kill "$(cat "$work/ssh/pid")"

slurm_config() { # HOST: one controller, three nodes
	another_port
	cat <<-END
		ClusterName=films
		SlurmctldHost=$1(127.0.0.1)
		SlurmctldPort=$port
		SlurmUser=root
		SlurmdUser=root
		AuthType=auth/munge
		AuthInfo=socket=$work/slurm/munge/socket
		CredType=cred/munge
		StateSaveLocation=$work/slurm/state
		SlurmdSpoolDir=$work/slurm/%n
		SlurmctldPidFile=$work/slurm/ctld.pid
		SlurmdPidFile=$work/slurm/%n.pid
		SlurmctldLogFile=$work/slurm/ctld.log
		SlurmdLogFile=$work/slurm/%n.log
		ProctrackType=proctrack/pgid
		TaskPlugin=task/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core
		MpiDefault=none
		SwitchType=switch/none
	END
	for node in 1 2 3; do
		another_port
		echo "NodeName=n$node NodeHostname=$1 NodeAddr=127.0.0.1 Port=$port CPUs=1"
	done
	echo "PartitionName=films Nodes=n1,n2,n3 Default=YES MaxTime=INFINITE State=UP"
}

start_slurm() {
	chmod 755 "$work"
	mkdir -p "$work/slurm/munge" "$work/slurm/state"
	head -c 1024 /dev/urandom >"$work/slurm/munge.key"
	chmod 400 "$work/slurm/munge.key"
	munged --force --key-file="$work/slurm/munge.key" --socket="$work/slurm/munge/socket" \
		--pid-file="$work/slurm/munge.pid" --log-file="$work/slurm/munge.log" \
		--seed-file="$work/slurm/munge.seed" || return 1
	export SLURM_CONF="$work/slurm/slurm.conf"
	slurm_config "$(hostname -s)" >"$SLURM_CONF"
	slurmctld -c || return 1
	for node in n1 n2 n3; do slurmd -N "$node" || return 1; done
	eventually are_idle
}
are_idle() {
	[ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 3 ]
}

stop_slurm() {
	for file in "$work"/slurm/*.pid; do
		[ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null
	done
}

if have slurmctld && have munged && [ "$(id -u)" = 0 ] && start_slurm >"$work/out" 2>"$work/err"; then
	plan_and_forget "$work/slurm_chunks"
	sbatch --wait --array=0-2 --chdir="$PWD" -o "$work/slurm/job-%a" \
		--wrap "$REVERIE chunk $work/slurm_chunks \$SLURM_ARRAY_TASK_ID" \
		>"$work/out" 2>"$work/err"
	check_film_of film_by_slurm "$work/slurm_chunks"
else
	skip film_by_slurm "needs root, and slurm-wlm and munge that start"
fi
stop_slurm

if ! build_layer failing_files; then
	skip film_resumed "$why"
	finish
fi

# Killed when its first chunk is there, and begun again.
broken_off KILL chunk-00000.nut "$work/film.mp4" -o "$work/resumed.mkv" --resume --chunk-seconds 0 $tiny
check film_killed_leaves_its_chunks test -s "$work/resumed.mkv.chunks/chunk-00000.nut"
check film_killed_leaves_no_film test ! -e "$work/resumed.mkv"
expect_error film_resumed_with_other_settings 2 "with other settings" \
	"$work/film.mp4" -o "$work/resumed.mkv" --resume $tiny --iterations 3
: >"$work/.reverie-resumed.mkv-killed" # as by a join that was killed
expect_success film_goes_on "$work/film.mp4" -o "$work/resumed.mkv" --resume $tiny
contents "$work/resumed.mkv" 0 >"$work/joined"
check film_resumed same_files "$work/whole" "$work/joined"
check film_resumed_leaves_nothing_of_those_that_were_killed test ! -e "$work/.reverie-resumed.mkv-killed"
check film_resumed_leaves_no_chunks test ! -e "$work/resumed.mkv.chunks"
finish
